/**
 * How long a decision takes with 100 to 100,000 rules, beside a linear scan with minimatch and picomatch and, as the
 * floor, a Set of exact lines. Every engine answers the same questions in the same run, in turns, each time with
 * fresh strings cut from bytes as an HTTP body gives them. Prints JSON lines.
 *
 *   npx tsx test/bench/rules.bench.ts [ROUNDS]
 */
import { Minimatch } from 'minimatch';
import { parseShell } from '../../src/core/command/parse.ts';
import type { SimpleCommand } from '../../src/core/command/simple-command.ts';
import { compileRule } from '../../src/core/rules/compile.ts';
import { coverage } from '../../src/core/rules/covers.ts';
import { LOCK_OPTIONS } from '../../src/core/rules/minimatch-lock.ts';
import { RuleIndex } from '../../src/core/rules/rule-index.ts';
import { fill, makeAttacks, makeQuestions, makeRules, random } from './rules-workload.ts';

const ROUNDS = Number(process.argv[2] ?? 7);
const SIZES = [100, 1000, 10_000, 100_000];
const QUESTIONS = 20_000;
const BATCH = 50;

type Ask = (question: string) => boolean;

interface Engine {
  name: string;
  /** Answers of one batch of fresh strings; returns how many are covered and the milliseconds that count. */
  run: (batch: readonly Buffer[]) => { covered: number; ms: number };
  /** Of a linear scan only so many questions are asked. */
  limit: number;
}

const say = (line: object): void => void process.stdout.write(`${JSON.stringify(line)}\n`);
const cut = (bytes: Buffer): string => bytes.toString('latin1');
const median = (numbers: number[]): number => numbers.toSorted((a, b) => a - b)[numbers.length >> 1] ?? 0;

/** The whole of it counts, the cutting of the string too. */
const whole = (name: string, ask: Ask, limit = QUESTIONS): Engine => ({
  name,
  limit,
  run: (batch) => {
    const start = performance.now();
    let covered = 0;
    for (const bytes of batch) covered += ask(cut(bytes)) ? 1 : 0;
    return { covered, ms: performance.now() - start };
  },
});

/** The commands are parsed afresh before the clock starts: only finding the rules counts. */
const parsed = (name: string, find: (command: SimpleCommand) => number | undefined): Engine => ({
  name,
  limit: QUESTIONS,
  run: (batch) => {
    const commands = batch.map((bytes) => commandsOf(cut(bytes)));
    const start = performance.now();
    let covered = 0;
    for (const simple of commands) covered += simple.every((one) => find(one) !== undefined) ? 1 : 0;
    return { covered, ms: performance.now() - start };
  },
});

function commandsOf(text: string): SimpleCommand[] {
  const read = parseShell(text);
  return read.analysable ? read.commands : [];
}

function buildIndex(rules: readonly string[]): RuleIndex<number> {
  const start = performance.now();
  const index = new RuleIndex<number>();
  for (const [i, text] of rules.entries()) {
    const compilation = compileRule(text);
    if (!compilation.valid) throw new Error(`${text}: ${compilation.why}`);
    index.add(compilation.rule, i);
  }
  const built = performance.now() - start;
  const one = compileRule('kubectl rollout restart deployment/one-more -n prod');
  const before = performance.now();
  if (one.valid) index.add(one.rule, -1);
  say({
    what: 'build',
    rules: rules.length,
    ms: Math.round(built),
    add_one_ms: round(performance.now() - before),
  });
  return index;
}

const round = (number: number): number => Number(number.toPrecision(4));

function minimatchOf(rules: readonly string[]): Ask {
  const globs = rules.map((rule) => new Minimatch(rule, LOCK_OPTIONS));
  return (text) => globs.some((glob) => glob.match(text));
}

async function linearScans(rules: readonly string[]): Promise<Engine[]> {
  const limit = Math.max(20, Math.min(2000, Math.floor(1_000_000 / rules.length)));
  const scans = [whole('minimatch-linear', minimatchOf(rules), limit)];
  try {
    const name = 'picomatch';
    const { default: picomatch } = (await import(name)) as { default: (glob: string) => Ask };
    const matchers = rules.map((rule) => picomatch(rule));
    scans.push(whole('picomatch-linear', (text) => matchers.some((matches) => matches(text)), limit >> 1));
  } catch {
    say({ what: 'note', note: 'picomatch is not installed' });
  }
  return scans;
}

/** Right answers first: a quick wrong answer is worth nothing. */
function check(
  index: RuleIndex<number>,
  rules: readonly string[],
  questions: ReturnType<typeof makeQuestions>,
): void {
  const ask = (text: string): boolean => coverage(index, { kind: 'shell', text }).covered;
  const wrong = questions.filter(({ text, covered }) => ask(text) !== covered).length;
  const attacks = makeAttacks(rules, 400);
  say({
    what: 'answers',
    rules: rules.length,
    wrong,
    of: questions.length,
    attacks_approved: attacks.filter(ask).length,
    of_attacks: attacks.length,
    ...(rules.length > 1000 ? {} : { minimatch_approves: attacks.filter(minimatchOf(rules)).length }),
  });
}

/** All engines in turns; the ratio to the floor is taken within each round. */
function measure(
  engines: readonly Engine[],
  questions: readonly Buffer[],
): Map<string, { ops: number; ratio: number }> {
  const speeds = new Map(engines.map(({ name }) => [name, [] as number[]]));
  for (let turn = 0; turn < ROUNDS + 1; turn++) {
    for (const { name, run, limit } of engines) {
      let ms = 0;
      const asked = Math.min(limit, questions.length);
      for (let at = 0; at < asked; at += BATCH)
        ms += run(questions.slice(at, Math.min(at + BATCH, asked))).ms;
      if (turn > 0) speeds.get(name)?.push((asked / ms) * 1000);
    }
  }
  const floor = speeds.get('set-exact') ?? [];
  return new Map(
    [...speeds].map(([name, all]) => [
      name,
      { ops: Math.round(median(all)), ratio: round(median(all.map((speed, i) => (floor[i] ?? 0) / speed))) },
    ]),
  );
}

async function main(): Promise<void> {
  const first = new Map<string, { rules: number; ops: number }>();
  for (const size of SIZES) {
    const rules = makeRules(size);
    const questions = makeQuestions(rules, QUESTIONS);
    const index = buildIndex(rules);
    check(index, rules, questions);
    const next = random(5);
    const asked = questions.flatMap(({ text, covered }) => (covered ? [text] : []));
    const lines = new Set(
      [...rules.map((rule) => fill(rule, next)), ...asked].slice(-Math.max(size, asked.length)),
    );
    const engines = [
      whole('set-exact', (text) => lines.has(text)),
      parsed('index, parsing excluded', (command) => index.candidate(command)),
      parsed('index with confirmation, parsing excluded', (command) => index.pattern(command)),
      whole('decision, parsing included', (text) => coverage(index, { kind: 'shell', text }).covered),
      whole('parsing alone', (text) => parseShell(text).analysable),
    ];
    const bytes = questions.map(({ text }) => Buffer.from(text, 'latin1'));
    const results = measure(engines, bytes);
    // Apart, as a hundred thousand compiled globs slow down everything that shares their memory.
    const scans = measure([...engines.slice(0, 2), ...(await linearScans(rules))], bytes);
    const speeds = [...results, ...[...scans].slice(2)];
    for (const [engine, { ops, ratio }] of speeds) {
      const before = first.get(engine);
      if (!before) first.set(engine, { rules: size, ops });
      const exponent = before ? Math.log(before.ops / ops) / Math.log(size / before.rules) : undefined;
      say({
        what: 'speed',
        rules: size,
        engine,
        ops_per_second: ops,
        times_slower_than_set: ratio,
        growth_exponent: exponent && round(exponent),
      });
    }
    const ratioOf = (name: string): number => scans.get(name)?.ratio ?? Number.NaN;
    const gain = ratioOf('minimatch-linear') / ratioOf('index, parsing excluded');
    say({ what: 'gain', rules: size, over_minimatch_linear: Math.round(gain) });
  }
}

await main();
