import { Learner } from '../../src/core/learning/learner.ts';
import { Sightings } from '../../src/core/learning/sightings.ts';
import type { PastDecision, Suggestion } from '../../src/core/learning/suggestion.ts';
import { compileRule } from '../../src/core/rules/compile.ts';
import { coverage } from '../../src/core/rules/covers.ts';
import { RuleIndex } from '../../src/core/rules/rule-index.ts';
import { END, makeHistory } from './learning-workload.ts';

/**
 * One history in a process of its own; prints one line of JSON:
 * `learning-run.ts time LINES`: all ways to group it, each taking every piece of it in turn;
 * `learning-run.ts memory LINES WAY`: one of them alone;
 * `learning-run.ts quality LINES [unseen]`: what the suggestions make of other lines of the same people.
 */
interface Way {
  take(past: PastDecision): void;
  /** What follows the last line. @returns how many groups or suggestions there are */
  end(): number;
}
export interface Timed {
  /** Milliseconds of each way for its lines; `end`: of the learner, for what follows them. */
  ms: Record<'words' | 'masks' | 'learner' | 'end', number>;
  suggestions: number;
}
export interface Weighed {
  /** Of the whole process, at most. */
  peakMb: number;
  /** What is kept when all lines are taken, garbage aside. */
  heapMb: number;
  /** Kinds of approved lines, by the learner. */
  kinds: number;
}
export interface Judged {
  /** Shares of the lines that belong to a family. */
  covered: number;
  exact: number;
  mixed: number;
  /** Lines of no family that are covered all the same, and how many there were. */
  wrong: number;
  odd: number;
}

/** As many as a night takes at a time. */
const PIECE = 250;
const MASKS: [RegExp, string][] = [
  [/\bsha256:[0-9a-f]{64}\b/g, '<digest>'],
  [/\b\d{4}-\d{2}-\d{2}\b/g, '<date>'],
  [/\b\d{1,3}(?:\.\d{1,3}){3}\b/g, '<ip>'],
  [/\bv?\d+\.\d+\.\d+\b/g, '<semver>'],
  [/\b(?=[a-f]*\d)[0-9a-f]{7,40}\b/g, '<sha>'],
  [/\b\d+\b/g, '<n>'],
];

function counting(keyOf: (command: string) => string): Way {
  const counts = new Map<string, number>();
  return {
    take: ({ command }) => {
      const key = keyOf(command);
      counts.set(key, (counts.get(key) ?? 0) + 1);
    },
    end: () => counts.size,
  };
}

function firstTwoWords(command: string): string {
  const end = command.indexOf(' ', command.indexOf(' ') + 1);
  return end < 0 ? command : command.slice(0, end);
}

function masked(command: string): string {
  let text = command;
  for (const [mask, name] of MASKS) text = text.replace(mask, name);
  return text;
}

function learning(): Way {
  const learner = new Learner({ now: END, rules: [] });
  return { take: (past) => learner.add(past), end: () => learner.suggest().length };
}

const WAYS: Record<string, () => Way> = {
  nothing: () => ({ take: () => {}, end: () => 0 }),
  words: () => counting(firstTwoWords),
  masks: () => counting(masked),
  learner: learning,
};

function* pieces(lines: number): Generator<PastDecision[]> {
  const history = makeHistory(lines);
  for (let at = 0; at < lines; at += PIECE)
    yield history.take(Math.min(PIECE, lines - at)).map(({ past }) => past);
}

/** The lines are made while no clock runs. */
function time(lines: number): Timed {
  const names = ['words', 'masks', 'learner'] as const;
  const ways = names.map((name) => ({ name, way: (WAYS[name] as () => Way)() }));
  const ms = { words: 0, masks: 0, learner: 0, end: 0 };
  const clocked = <T>(what: keyof typeof ms, act: () => T): T => {
    const start = performance.now();
    const made = act();
    ms[what] += performance.now() - start;
    return made;
  };
  for (const piece of pieces(lines)) {
    for (const { name, way } of ways)
      clocked(name, () => {
        for (const past of piece) way.take(past);
      });
    ways.push(...ways.splice(0, 1));
  }
  const suggestions = ways.map(({ name, way }) =>
    clocked(name === 'learner' ? 'end' : name, () => (name === 'learner' ? way.end() : 0 * way.end())),
  );
  return { ms, suggestions: Math.max(...suggestions) };
}

function memory(lines: number, name: string): Weighed {
  const way = WAYS[name]?.();
  if (!way) throw new Error(`no way ${name}`);
  const before = heap();
  for (const piece of pieces(lines)) for (const past of piece) way.take(past);
  const heapMb = heap() - before;
  way.end();
  const peakMb = process.resourceUsage().maxRSS / 1024;
  return { peakMb, heapMb, kinds: name === 'learner' ? kindsOf(lines) : 0 };
}

function heap(): number {
  globalThis.gc?.();
  return process.memoryUsage().heapUsed / 2 ** 20;
}

function kindsOf(lines: number): number {
  const sightings = new Sightings();
  for (const piece of pieces(lines))
    for (const past of piece) if (past.decision === 'approved' && past.exitCode === 0) sightings.add(past);
  return sightings.all().length;
}

/** A suggestion is the group of the lines that it covers. */
function quality(lines: number, unseen: boolean): Judged {
  const learner = new Learner({ now: END, rules: [] });
  for (const { past } of makeHistory(lines, { unseen }).take(lines)) learner.add(past);
  const index = new RuleIndex<Suggestion>();
  for (const suggestion of learner.suggest())
    for (const rule of suggestion.rules) {
      const compilation = compileRule(rule);
      if (!compilation.valid) throw new Error(`${rule}: ${compilation.why}`);
      index.add(compilation.rule, suggestion);
    }
  const asked = makeHistory(20_000, { unseen, seed: 77 })
    .take(20_000)
    .map(({ past, family }) => {
      const { command: text, environment, project } = past;
      const scope = index.within((one) => one.environment === environment && one.project === project);
      const found = coverage(scope, { kind: 'shell', text });
      return { family, group: found.covered ? (found.rules[0] ?? null) : null };
    });
  const families = new Map<Suggestion, Set<string | null>>();
  const groups = new Map<string | null, Set<Suggestion | null>>();
  for (const { family, group } of asked) {
    if (group) families.set(group, (families.get(group) ?? new Set()).add(family));
    groups.set(family, (groups.get(family) ?? new Set()).add(group));
  }
  const known = asked.filter(({ family }) => family !== null);
  const odd = asked.filter(({ family }) => family === null);
  const isMixed = (group: Suggestion | null): boolean =>
    group !== null && (families.get(group)?.size ?? 0) > 1;
  const share = (holds: (one: (typeof asked)[number]) => boolean): number =>
    known.filter(holds).length / known.length;
  return {
    covered: share(({ group }) => group !== null),
    exact: share(({ family, group }) => group !== null && !isMixed(group) && groups.get(family)?.size === 1),
    mixed: share(({ group }) => isMixed(group)),
    wrong: odd.filter(({ group }) => group !== null).length,
    odd: odd.length,
  };
}

const [what, count, given = ''] = process.argv.slice(2);
const lines = Number(count);
const ran =
  what === 'time'
    ? time(lines)
    : what === 'memory'
      ? memory(lines, given)
      : quality(lines, given === 'unseen');
process.stdout.write(JSON.stringify(ran));
