import { parseShell } from '../command/parse.ts';
import type { SimpleCommand } from '../command/simple-command.ts';
import { compileRule } from '../rules/compile.ts';
import { isInterpreter, STDIN_EXECUTORS } from '../rules/tables.ts';
import { baseOf } from '../rules/wrappers.ts';
import { MARK } from './atoms.ts';
import { type Family, familyId } from './family.ts';
import type { Sighting } from './sightings.ts';
import { isEvidence, join, newTally, type Tally } from './tally.ts';

/** What cannot be taken apart stays as it is, word for word: one family for lines that differ in one place. */
export function exactFamilies(sightings: readonly Sighting[]): Family[] {
  return sightings.flatMap((sighting) => {
    const lines = linesOf(sighting).filter(
      ({ text, tally }) => isEvidence(tally) && compileRule(ruleOf(text)).valid && !feedsExecutor(text),
    );
    const [first] = lines;
    if (!first) return [];
    const { environment, project, skeleton } = sighting;
    return [
      {
        id: familyId(environment, project, `= ${skeleton.trim()}`),
        environment,
        project,
        name: first.text.split(/\s+/).slice(0, 2).join(' '),
        rules: lines.map(({ text }) => ruleOf(text)).sort(),
        sightings: lines.map(({ text, tally }) => ({
          environment,
          project,
          skeleton,
          columns: sighting.columns,
          text,
          tally,
          latest: sighting.latest.filter((each) => each.text === text),
        })),
        tally: join(lines.map(({ tally }) => tally)),
        elsewhere: newTally(),
        slots: [],
      },
    ];
  });
}

const ruleOf = (text: string): string => `= ${text.trim()}`;

/** The lines themselves, as long as at most one place in them changes. */
function linesOf({ skeleton, columns, tally, text }: Sighting): { text: string; tally: Tally }[] {
  if (columns.some(({ overflows }) => overflows)) return [];
  const open = columns.filter(({ values }) => values.size > 1);
  const [varied] = open;
  if (!varied) return [{ text, tally }];
  if (open.length > 1) return [];
  return [...varied.values].map(([value, own]) => {
    let at = 0;
    const line = skeleton.replace(MARK, () => {
      const column = columns[at++];
      return column === varied ? value : ([...(column?.values.keys() ?? [])][0] ?? '');
    });
    return { text: line, tally: own };
  });
}

/** They only carry what they read to another place. */
const RELAYS = new Set(['nc', 'ncat', 'socat', 'telnet']);

/**
 * A pipe into a program that executes or applies what it reads is looked at each time; except what is spelled out in
 * the command itself, and goes to a socket: `echo "disable server web/1" | socat stdio /run/haproxy.sock`.
 */
function feedsExecutor(text: string): boolean {
  const parsed = parseShell(text);
  if (!parsed.analysable) return false;
  const { commands } = parsed;
  return commands.some(({ readsPipe, words: [name] }, i) => {
    if (!readsPipe) return false;
    const base = name?.static ? baseOf(name.value) : null;
    if (base !== null && RELAYS.has(base)) return !isSpelledOut(commands[i - 1]);
    return base === null || STDIN_EXECUTORS.has(base) || isInterpreter(base);
  });
}

const isSpelledOut = (command: SimpleCommand | undefined): boolean =>
  command !== undefined &&
  !command.readsPipe &&
  command.words.every((word, i) => word.static && (i > 0 || /^(?:echo|printf)$/.test(word.value))) &&
  command.redirections.length === 0;
