/**
 * How long a decision takes with 100 to 100,000 rules, beside a linear scan with minimatch and picomatch and, as the
 * floor, a Set of exact lines. Every engine answers the same questions in the same rounds, in turns with all others
 * and all sizes, each time with fresh strings cut from bytes as an HTTP body gives them. Prints JSON lines.
 *
 *   npx tsx test/bench/rules.bench.ts [ROUNDS]
 */
import { createRequire } from 'node:module';
import { Minimatch } from 'minimatch';
import { parseShell } from '../../src/core/command/parse.ts';
import type { SimpleCommand } from '../../src/core/command/simple-command.ts';
import { compileRule } from '../../src/core/rules/compile.ts';
import { coverage } from '../../src/core/rules/covers.ts';
import { LOCK_OPTIONS } from '../../src/core/rules/minimatch-lock.ts';
import { RuleIndex } from '../../src/core/rules/rule-index.ts';
import {
  type Ask,
  cut,
  type Engine,
  exponent,
  measure,
  median,
  prepared,
  ratio,
  round,
  whole,
} from './engines.ts';
import { figure, goal, say } from './report.ts';
import { fill, makeAttacks, makeQuestions, makeRules, type Question, random } from './rules-workload.ts';

const ROUNDS = Number(process.argv[2] ?? 9);
const SIZES = [100, 1000, 10_000, 100_000];
const QUESTIONS = 20_000;

const SET = 'set-exact';
const SET_UNCUT = 'set-exact, cutting excluded';
/** `RuleIndex.pattern`, the way of every decision: the index, every character compared, minimatch asked (R10). */
const INDEX_UNCUT = 'index, parsing and cutting excluded';
/** The same, and the clock counts the cutting of the string, as it does for the Set: both have one to cut. */
const INDEX = 'index, parsing excluded';
const DECISION = 'decision, parsing included';

/** An index of so many rules with its questions. */
interface Stand {
  size: number;
  rules: string[];
  questions: Question[];
  bytes: Buffer[];
  index: RuleIndex<number>;
}

const parsed = (bytes: Buffer): { bytes: Buffer; commands: SimpleCommand[] } => {
  const read = parseShell(cut(bytes));
  return { bytes, commands: read.analysable ? read.commands : [] };
};
const isFound = (index: RuleIndex<number>, commands: readonly SimpleCommand[]): boolean =>
  commands.every((one) => index.pattern(one) !== undefined);
const indexOnly = (index: RuleIndex<number>): Engine['run'] =>
  prepared(parsed, ({ bytes, commands }) => cut(bytes).length > 0 && isFound(index, commands));

function stand(size: number): Stand {
  const rules = makeRules(size);
  const start = performance.now();
  const index = new RuleIndex<number>();
  for (const [i, text] of rules.entries()) addTo(index, text, i);
  const built = performance.now() - start;
  const more = Array.from({ length: 101 }, (_, i) => {
    const before = performance.now();
    addTo(index, `kubectl rollout restart deployment/one-more-${i} -n prod`, -1);
    return performance.now() - before;
  });
  say({
    what: 'build',
    rules: size,
    ms: Math.round(built),
    add_one_ms: round(median(more)),
    add_one_worst_ms: round(Math.max(...more)),
  });
  if (size === Math.max(...SIZES)) {
    goal(`a5 build ms@${size}`, built, { most: 1500 });
    goal(`a5 add one ms@${size}`, median(more), { most: 1 });
  }
  const questions = makeQuestions(rules, QUESTIONS);
  return { size, rules, questions, bytes: questions.map(({ text }) => Buffer.from(text, 'latin1')), index };
}

function addTo(index: RuleIndex<number>, text: string, ref: number): void {
  const compilation = compileRule(text);
  if (!compilation.valid) throw new Error(`${text}: ${compilation.why}`);
  index.add(compilation.rule, ref);
}

const minimatchOf = (rules: readonly string[]): Ask => {
  const globs = rules.map((rule) => new Minimatch(rule, LOCK_OPTIONS));
  return (text) => globs.some((glob) => glob.match(text));
};
// It has no types.
const picomatch: (glob: string) => Ask = createRequire(import.meta.url)('picomatch');
const picomatchOf = (rules: readonly string[]): Ask => {
  const matchers = rules.map((rule) => picomatch(rule));
  return (text) => matchers.some((matches) => matches(text));
};

/** Right answers first: a quick wrong answer is worth nothing. */
function check({ size, rules, questions, index }: Stand): void {
  const ask = (text: string): boolean => coverage(index, { kind: 'shell', text }).covered;
  const attacks = makeAttacks(rules, 400);
  if (size <= 1000) {
    const approved = attacks.filter(minimatchOf(rules)).length;
    say({ what: 'attacks', rules: size, minimatch_approves: approved, of: attacks.length });
  }
  const wrong = questions.filter(({ text, covered }) => ask(text) !== covered).length;
  goal(`a4 wrong of ${questions.length}@${size}`, wrong, { most: 0 });
  goal(`a4 attacks approved of ${attacks.length}@${size}`, attacks.filter(ask).length, { most: 0 });
}

function enginesOf({ size, rules, questions, bytes, index }: Stand): Engine[] {
  const next = random(5);
  const asked = questions.flatMap(({ text, covered }) => (covered ? [text] : []));
  // As many lines as rules, and at least those that are asked.
  const lines = new Set(
    [...rules.map((rule) => fill(rule, next)), ...asked].slice(-Math.max(size, asked.length)),
  );
  const engine = (name: string, run: Engine['run']): Engine => ({
    name,
    size,
    questions: bytes,
    run,
    times: [],
  });
  return [
    engine(
      SET,
      whole((text) => lines.has(text)),
    ),
    engine(
      SET_UNCUT,
      prepared(cut, (text) => lines.has(text)),
    ),
    engine(
      INDEX_UNCUT,
      prepared(parsed, ({ commands }) => isFound(index, commands)),
    ),
    engine(INDEX, indexOnly(index)),
    engine(
      DECISION,
      whole((text) => coverage(index, { kind: 'shell', text }).covered),
    ),
    engine(
      'parsing alone',
      whole((text) => parseShell(text).analysable),
    ),
  ];
}

function report(engines: readonly Engine[]): void {
  const find = (name: string, size: number): Engine => {
    const found = engines.find((one) => one.name === name && one.size === size);
    if (!found) throw new Error(`nothing measured for ${name} with ${size} rules`);
    return found;
  };
  const [smallest, largest] = [Math.min(...SIZES), Math.max(...SIZES)];
  for (const engine of engines) {
    const { name, size } = engine;
    const perSecond = ({ times }: Engine) => Math.round(1e9 / median(times));
    const floor = find(SET, size);
    figure('rules', `${name}, ${size} rules`, perSecond(engine), '/s', {
      yardstick: SET,
      yardstick_value: perSecond(floor),
      ratio: round(1 / ratio(engine, floor)),
    });
    say({
      what: 'speed',
      rules: size,
      engine: name,
      ops_per_second: perSecond(engine),
      times_slower_than_set: round(ratio(engine, floor)),
      times_slower_than_set_without_cutting: round(ratio(engine, find(SET_UNCUT, size))),
      growth_exponent: size === smallest ? undefined : round(exponent(engine, find(name, smallest))),
    });
  }
  for (const size of [10_000, 100_000]) {
    goal(`a1@${size}`, ratio(find(INDEX, size), find(SET, size)), { most: 3 });
    goal(`decisions per second with parsing@${size}`, 1e9 / median(find(DECISION, size).times), {
      least: 50_000,
    });
  }
  goal('a2', exponent(find(INDEX_UNCUT, largest), find(INDEX_UNCUT, smallest)), { most: 0.1 });
}

/** Apart from the others: a hundred thousand compiled globs slow down everything that shares their memory. */
function measureScans({ size, rules, bytes, index }: Stand): void {
  const asked = bytes.slice(0, Math.max(20, Math.min(2000, Math.floor(1_000_000 / size))));
  const engine = (name: string, questions: readonly Buffer[], run: Engine['run']): Engine => ({
    name,
    size,
    questions,
    run,
    times: [],
  });
  const found = engine(INDEX, bytes, indexOnly(index));
  for (const [name, make, least] of [
    ['minimatch', minimatchOf, 500],
    ['picomatch', picomatchOf, 5000],
  ] as const) {
    const scan = engine(`${name}-linear`, asked, whole(make(rules)));
    found.times = [];
    measure([found, scan], ROUNDS);
    const gain = ratio(scan, found);
    say({
      what: 'gain',
      rules: size,
      over: scan.name,
      ops_per_second: Math.round(1e9 / median(scan.times)),
      times: Math.round(gain),
    });
    if (size === 10_000) goal(`a3 over ${name}@${size}`, gain, { least });
  }
}

const stands = SIZES.map(stand);
stands.forEach(check);
const engines = stands.flatMap(enginesOf);
measure(engines, ROUNDS);
report(engines);
stands.forEach(measureScans);
