import { REDACTED } from '../command/redact.ts';
import { readSlot } from '../rules/slots.ts';
import type { SlotValues, Suggestion } from './suggestion.ts';

/** An open place of a family as it stands in its rules, with what was approved there. */
export interface OpenPlace {
  text: string;
  /** The most used first; empty when it is not known. */
  seen: string[];
  /** All values are known. */
  isWhole: boolean;
}

/** Quoted and escaped text is spelled out; wildcards, sets and braces are open. */
const PIECES = /('[^']*'|"(?:\\.|[^"\\])*"|\\.)|(\*+|\?|\[[^\]\s]*\]|\{[^{}\s]+\})/gsu;
const REPEAT = /^\{[a-z][a-z0-9_]*\}$/;
const PLAIN = /^[A-Za-z0-9_][A-Za-z0-9_.+-]*$/;
/** Typed slots, the narrowest first, as far as they may take the place of a wider one. */
const TYPES = ['uuid', 'ulid', 'ip', 'date', 'semver', 'semver+', 'sha', 'int', 'slug'] as const;
const MOST_CHOICES = 12;

/** Every open place of a suggestion once, in the order written; repeats of a named choice are not places of their own. */
export function placesOf({ rules, slots }: Pick<Suggestion, 'rules' | 'slots'>): OpenPlace[] {
  const texts = new Set<string>();
  for (const rule of rules) {
    if (rule.startsWith('= ')) continue;
    for (const [piece, , open] of rule.matchAll(PIECES))
      if (open !== undefined && !isRepeat(piece)) texts.add(piece);
  }
  return [...texts].map((text) => ({ text, ...seenIn(text, slots) }));
}

const isRepeat = (text: string): boolean => REPEAT.test(text) && readSlot(text.slice(1, -1)) === null;

function seenIn(text: string, slots: readonly SlotValues[]): Pick<OpenPlace, 'seen' | 'isWhole'> {
  const found = slots.find(({ slot }) => slot === text);
  const seen = found?.seen.filter((value) => !value.includes(REDACTED)) ?? [];
  return { seen, isWhole: found !== undefined && found.count === seen.length };
}

/** The values of `{a,b}` or `{name:a,b}`; null when it is something else. */
export function choiceOf(text: string): { name: string | null; values: string[] } | null {
  const content = text.startsWith('{') ? text.slice(1, -1) : '';
  if (content === '' || readSlot(content)) return null;
  const [, name, rest] = /^([a-z][a-z0-9_]*):(.*)$/.exec(content) ?? [];
  const values = (rest ?? content).split(',');
  return values.length < 2 ? null : { name: name ?? null, values };
}

/** What may stand there instead, the next step first; every one narrower than the one before. */
export function stepsTowardsLiteral(place: OpenPlace): string[] {
  const choice = choiceOf(place.text);
  if (choice) {
    const most = place.seen.find((value) => choice.values.includes(value)) ?? choice.values[0];
    return most === undefined ? [] : [most];
  }
  const { seen } = place;
  if (seen.length === 0) return [];
  return [...narrowerTypes(place.text, seen), ...asChoice(seen)];
}

/** Typed slots that take all that was seen, and less than this place takes now. */
function narrowerTypes(text: string, seen: readonly string[]): string[] {
  const content = text.startsWith('{') ? text.slice(1, -1) : '';
  const isType = (TYPES as readonly string[]).includes(content);
  const lengths = new Set(seen.map(({ length }) => length));
  const sized =
    (content === 'sha' || content === 'int') && lengths.size === 1 ? [`${content}:${[...lengths][0]}`] : [];
  const types = text === '*' ? TYPES.toReversed() : content === 'semver+' ? (['semver'] as const) : [];
  const wider: string[] = !isType && text !== '*' ? [] : [...types, ...sized];
  return wider
    .filter((type) => seen.every((value) => readSlot(type)?.ends(value, 0).includes(value.length)))
    .slice(-1)
    .map((type) => `{${type}}`);
}

const asChoice = (seen: readonly string[]): string[] => {
  const values = seen.filter((value) => PLAIN.test(value)).slice(0, MOST_CHOICES);
  return values.length > 1 ? [`{${values.join(',')}}`] : values;
};

/** The rule with something else in this open place, and in what repeats it. */
export function withPlace(rule: string, place: string, next: string): string {
  if (rule.startsWith('= ') || !rule.includes(place)) return rule;
  const name = choiceOf(place)?.name;
  const isStillNamed = choiceOf(next)?.name === name;
  return rule.replace(PIECES, (piece, spelled: string | undefined) => {
    if (spelled !== undefined) return piece;
    if (piece === place) return next;
    return name != null && piece === `{${name}}` && !isStillNamed ? next : piece;
  });
}
