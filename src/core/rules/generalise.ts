import type { SimpleCommand } from '../command/simple-command.ts';
import { ruleText, ruleWord } from './rule-text.ts';
import { readSlot } from './slots.ts';

/** What an open component may be, the narrowest first; `*` is last. */
const SLOTS = ['uuid', 'ulid', 'ip', 'date', 'semver', 'semver+', 'sha', 'int', 'slug'] as const;
const PLAIN = /^[A-Za-z0-9_][A-Za-z0-9_.+~-]*$/;

/** One component of one word in which two commands differ. */
interface Difference {
  position: number;
  before: string;
  values: [string, string];
  after: string;
}

/** A rule with one open place, and what stands there: a typed slot or `*`. */
export interface Generalisation {
  text: string;
  open: string;
}

/**
 * A3: rules, the narrowest first, that cover two approved commands which are the same but for one component
 * (between boundaries), both plain. Empty when they differ in more. Never `**`.
 */
export function generalisations(one: SimpleCommand, other: SimpleCommand): Generalisation[] {
  const difference = onlyDifference(one, other);
  if (!difference) return [];
  return fittingTypes(difference).flatMap((open) => {
    const text = ruleText(one, (value, position) =>
      position === difference.position ? openWord(difference, open) : ruleWord(value),
    );
    return text === null ? [] : [{ text, open }];
  });
}

function onlyDifference(one: SimpleCommand, other: SimpleCommand): Difference | null {
  if (one.words.length !== other.words.length || one.readsPipe !== other.readsPipe) return null;
  const frame = (command: SimpleCommand) => ruleText(command, () => 'x');
  if (frame(one) === null || frame(one) !== frame(other)) return null;
  const places = one.words.flatMap((word, i) => {
    const twin = other.words[i];
    return word.static && twin?.static && word.value === twin.value ? [] : [i];
  });
  const [position] = places;
  if (position === undefined || places.length > 1) return null;
  const [a, b] = [one.words[position], other.words[position]];
  return a?.static && b?.static ? componentDifference(position, a.value, b.value) : null;
}

function componentDifference(position: number, one: string, other: string): Difference | null {
  const [a, b] = [one.split(/([/:,=@])/), other.split(/([/:,=@])/)];
  const places = a.flatMap((part, i) => (part === b[i] ? [] : [i]));
  const [at] = places;
  if (a.length !== b.length || at === undefined || places.length > 1 || at % 2 === 1) return null;
  const values: [string, string] = [a[at] ?? '', b[at] ?? ''];
  if (!values.every((value) => PLAIN.test(value))) return null;
  return { position, before: a.slice(0, at).join(''), values, after: a.slice(at + 1).join('') };
}

function fittingTypes({ before, values }: Difference): string[] {
  if (before.endsWith('sha256:') && values.every((value) => /^[0-9a-f]{64}$/.test(value)))
    return ['{digest}'];
  const fits = SLOTS.filter((name) =>
    values.every((value) => readSlot(name)?.ends(value, 0).includes(value.length)),
  );
  const [a, b] = values;
  const sized = fits.map((name) =>
    name === 'sha' && a.length === b.length ? `{sha:${a.length}}` : `{${name}}`,
  );
  return [...sized, '*'];
}

function openWord({ before, after }: Difference, open: string): string {
  const head = open === '{digest}' ? before.slice(0, -'sha256:'.length) : before;
  return `${head === '' ? '' : ruleWord(head)}${open}${after === '' ? '' : ruleWord(after)}`;
}
