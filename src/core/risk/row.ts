/**
 * One line of a risk table: the programs (`a|b`), an argument pattern, points, the reason, and whom it touches.
 *
 * The pattern is words separated by blanks, all of which must hold:
 * - `delete ns|pods`  the operands begin with these words; `|` separates alternatives, `*` stands for any text in a word
 * - `...`             any operands may stand here
 * - `-f|--force`      one of these options is there (also as `--force=x`, and `f` inside `-rf`)
 * - `--acl=public*`   an option with this value, as `--acl=x` or `--acl x`
 * - `!-f`             none of these options is there
 * - `$`               no further operand
 * - `a b || c`        one of these patterns holds
 */
export type Row = readonly [programs: string, args: string, points: number, why: string, touches?: Touches];

/** Whom a command touches: nobody, the caller's own copy, or something that others share. */
export type Touches = 'reads' | 'local' | 'shared';

/** A command as the tables see it: wrappers gone, aliases resolved, options and operands told apart. */
export interface Call {
  program: string;
  /** All words after the program, decoded. */
  args: readonly string[];
  operands: readonly Operand[];
  options: readonly Option[];
}

export interface Operand {
  value: string;
  /** It follows an option that may have taken it as its value, so a pattern may pass over it. */
  maybeValue: boolean;
}

interface Option {
  name: string;
  value: string | null;
  /** The next word, when it may be the option's value. */
  next: string | null;
}

const isOption = (word: string): boolean => /^-[^\s]/.test(word);

/** Tells options from operands. `values` are the options known to take the next word as their value. */
export function callOf(program: string, args: readonly string[], values: ReadonlySet<string>): Call {
  const operands: Operand[] = [];
  const options: Option[] = [];
  let maybeValue = false;
  for (let i = 0; i < args.length; i++) {
    const word = args[i]!;
    if (word === '--') {
      operands.push(...args.slice(i + 1).map((value) => ({ value, maybeValue: false })));
      break;
    }
    if (!isOption(word)) {
      operands.push({ value: word, maybeValue });
      maybeValue = false;
      continue;
    }
    const equals = word.indexOf('=');
    const next = args[i + 1];
    const name = equals > 0 ? word.slice(0, equals) : word;
    const follows = equals < 0 && next !== undefined && (!isOption(next) || values.has(word)) ? next : null;
    options.push({ name, value: equals > 0 ? word.slice(equals + 1) : null, next: follows });
    maybeValue = equals < 0;
    if (follows !== null && values.has(word)) {
      i++;
      maybeValue = false;
    }
  }
  return { program, args, operands, options };
}

type Test =
  | { kind: 'operand'; is: RegExp }
  | { kind: 'rest' }
  | { kind: 'end' }
  | { kind: 'option'; wanted: boolean; names: { name: string; value: RegExp | null }[] };

const globToRegExp = (alternatives: string): RegExp =>
  new RegExp(
    `^(?:${alternatives
      .split('|')
      .map((one) => one.replace(/[.+?^${}()[\]\\]/g, '\\$&').replaceAll('*', '[\\s\\S]*'))
      .join('|')})$`,
    'i',
  );

function compileToken(token: string): Test {
  if (token === '...') return { kind: 'rest' };
  if (token === '$') return { kind: 'end' };
  const wanted = !token.startsWith('!');
  const text = wanted ? token : token.slice(1);
  if (!text.startsWith('-')) return { kind: 'operand', is: globToRegExp(text) };
  const names = text.split('|').map((one) => {
    const equals = one.indexOf('=');
    return equals > 0
      ? { name: one.slice(0, equals), value: globToRegExp(one.slice(equals + 1)) }
      : { name: one, value: null };
  });
  return { kind: 'option', wanted, names };
}

const compiled = new Map<string, Test[][]>();

function compile(args: string): Test[][] {
  let patterns = compiled.get(args);
  if (!patterns) {
    patterns = args.split(' || ').map((one) => (one === '' ? [] : one.split(' ').map(compileToken)));
    compiled.set(args, patterns);
  }
  return patterns;
}

function hasOption(call: Call, name: string, value: RegExp | null): boolean {
  const letter = /^-[A-Za-z0-9]$/.test(name) ? name[1]! : null;
  return call.options.some((option) => {
    // A cluster is short: `-delete` and `-name` are long options with one dash.
    const inCluster = letter && /^-[A-Za-z0-9]{2,4}$/.test(option.name) && option.name.includes(letter, 1);
    // `-XDELETE`: the value stands in the same word.
    if (letter && value && option.name.length > 2 && option.name.startsWith(name)) {
      if (value.test(option.name.slice(2))) return true;
    }
    if (option.name !== name && !inCluster) return false;
    return value === null || value.test(option.value ?? option.next ?? '');
  });
}

/** Whether the operands from `from` fit the tests from `at`. Operands that may be an option's value can be passed over. */
function operandsFit(
  tests: readonly Test[],
  operands: readonly Operand[],
  at: number,
  from: number,
): boolean {
  const test = tests[at];
  if (!test) return true;
  if (test.kind === 'end') return operands.slice(from).every((operand) => operand.maybeValue);
  if (test.kind === 'rest') {
    for (let i = from; i <= operands.length; i++) if (operandsFit(tests, operands, at + 1, i)) return true;
    return false;
  }
  for (let i = from; i < operands.length; i++) {
    const fits = test.kind === 'operand' && test.is.test(operands[i]!.value);
    if (fits && operandsFit(tests, operands, at + 1, i + 1)) return true;
    if (!operands[i]!.maybeValue) return false;
  }
  return false;
}

/** Whether the argument pattern of a row holds for the call. */
export function argsMatch(args: string, call: Call): boolean {
  return compile(args).some((tests) => holds(tests, call));
}

function holds(tests: readonly Test[], call: Call): boolean {
  for (const test of tests) {
    if (test.kind !== 'option') continue;
    if (test.names.some(({ name, value }) => hasOption(call, name, value)) !== test.wanted) return false;
  }
  return operandsFit(
    tests.filter((test) => test.kind !== 'option'),
    call.operands.slice(0, 64),
    0,
    0,
  );
}

/** Rows by program, in their order. */
export class Table {
  readonly #rows = new Map<string, Row[]>();

  constructor(rows: readonly Row[]) {
    for (const row of rows) {
      for (const program of row[0].split('|')) {
        const there = this.#rows.get(program);
        if (there) there.push(row);
        else this.#rows.set(program, [row]);
      }
    }
  }

  knows(program: string): boolean {
    return this.#rows.has(program);
  }

  first(call: Call): Row | undefined {
    return this.#rows.get(call.program)?.find((row) => argsMatch(row[1], call));
  }

  all(call: Call): Row[] {
    return [...(this.#rows.get(call.program) ?? []), ...(this.#rows.get('*') ?? [])].filter((row) =>
      argsMatch(row[1], call),
    );
  }
}
