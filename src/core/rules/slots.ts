/**
 * A typed slot of a rule (R3). `ends` gives every place in `text` where a value that begins at `start` may end;
 * the caller holds each against "a slot ends at a character that is not a letter or digit".
 */
export interface Slot {
  /** As written in a rule, such as `{sha:40}`. */
  text: string;
  ends: (text: string, start: number) => number[];
}

/** The names that mean a typed slot; no named choice may take one of them. */
export const SLOT_NAMES = ['sha', 'semver', 'int', 'date', 'uuid', 'ip', 'digest', 'ulid', 'slug'] as const;
export type SlotName = (typeof SLOT_NAMES)[number];

export const isSlotName = (name: string): name is SlotName =>
  (SLOT_NAMES as readonly string[]).includes(name);

/** Reads what stands between the braces of a slot (`sha`, `sha:40`, `int:1-10`, `semver+`); null if it is none. */
export function readSlot(content: string): Slot | null {
  const known = CACHE.get(content);
  if (known) return known;
  const ends = endsOf(content);
  if (!ends) return null;
  const slot = { text: `{${content}}`, ends };
  if (CACHE.size < 1000) CACHE.set(content, slot);
  return slot;
}

// Slots are plain constants; a rule set of 100,000 rules spells the same few again and again.
const CACHE = new Map<string, Slot>();

function endsOf(content: string): Slot['ends'] | null {
  const simple = SIMPLE[content];
  if (simple && Object.hasOwn(SIMPLE, content)) return simple;
  const [name, parameter] = [content.slice(0, content.indexOf(':')), content.slice(content.indexOf(':') + 1)];
  if (name === 'sha') return shaOf(parameter);
  if (name === 'int') return /^\d+$/.test(parameter) ? digitsOf(parameter) : rangeOf(parameter);
  return null;
}

/** One regular expression; the longest match is the only end, as the next character is no letter or digit. */
const one = (source: string, holds: (value: string) => boolean = () => true): Slot['ends'] => {
  const pattern = new RegExp(source, 'y');
  return (text, start) => {
    pattern.lastIndex = start;
    const value = pattern.exec(text)?.[0];
    return value !== undefined && holds(value) ? [start + value.length] : [];
  };
};

/** A value made of a head and any number of tails: every tail gives one more end. */
const grown =
  (head: Slot['ends'], tail: Slot['ends']): Slot['ends'] =>
  (text, start) => {
    const ends = head(text, start);
    for (let next = ends; next.length > 0; ) {
      next = next.flatMap((end) => tail(text, end));
      ends.push(...next);
    }
    return ends;
  };

const hasDigit = (value: string): boolean => /[0-9]/.test(value);
const NUMBER = '[0-9]{1,18}';
const semver = one(`v?${NUMBER}\\.${NUMBER}\\.${NUMBER}`);
const IDENTIFIERS = '[0-9A-Za-z-]+';

const SIMPLE: Record<string, Slot['ends']> = {
  sha: one('[0-9a-f]{7,40}', hasDigit),
  semver,
  'semver+': (text, start) => {
    const cores = semver(text, start);
    const released = [...cores, ...cores.flatMap((end) => suffix('-', text, end))];
    return [...released, ...released.flatMap((end) => suffix('\\+', text, end))];
  },
  int: one(NUMBER),
  date: (text, start) => {
    const days = [
      ...one('[0-9]{4}-[0-9]{2}-[0-9]{2}', isDay)(text, start),
      ...one('[0-9]{8}', isDay)(text, start),
    ];
    return [...days, ...days.flatMap((end) => one('[T-][0-9]{4}(?:[0-9]{2})?', isTime)(text, end))];
  },
  // RFC 9562: versions 1 to 8, variant 10x.
  uuid: one('[0-9A-Fa-f]{8}-[0-9A-Fa-f]{4}-[1-8][0-9A-Fa-f]{3}-[89abAB][0-9A-Fa-f]{3}-[0-9A-Fa-f]{12}'),
  // No leading zero: some programs read 010.0.0.1 as 8.0.0.1.
  ip: one('(?:0|[1-9][0-9]{0,2})(?:\\.(?:0|[1-9][0-9]{0,2})){3}', (value) =>
    value.split('.').every((part) => Number(part) <= 255),
  ),
  digest: one('sha256:[0-9a-f]{64}'),
  ulid: one('[0-9A-HJKMNP-TV-Za-hjkmnp-tv-z]{26}'),
  slug: grown(one('[a-z0-9]+'), one('[-_][a-z0-9]+')),
};

/** `-pre.1` or `+build.5`: one identifier after the sign, then any number after dots; each end counts. */
function suffix(sign: string, text: string, start: number): number[] {
  return grown(one(`${sign}${IDENTIFIERS}`), one(`\\.${IDENTIFIERS}`))(text, start);
}

function isDay(value: string): boolean {
  const digits = value.replaceAll('-', '');
  const [year, month, day] = [digits.slice(0, 4), digits.slice(4, 6), digits.slice(6, 8)].map(Number);
  if (year === undefined || month === undefined || day === undefined || month < 1 || month > 12) return false;
  const leap = (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0;
  const days = month === 2 ? (leap ? 29 : 28) : [4, 6, 9, 11].includes(month) ? 30 : 31;
  return day >= 1 && day <= days;
}

const isTime = (value: string): boolean =>
  Number(value.slice(1, 3)) < 24 && Number(value.slice(3, 5)) < 60 && Number(value.slice(5, 7)) < 60;

function shaOf(length: string): Slot['ends'] | null {
  if (!/^[1-9][0-9]?$/.test(length) || Number(length) < 7 || Number(length) > 40) return null;
  return one(`[0-9a-f]{${length}}`, hasDigit);
}

function digitsOf(count: string): Slot['ends'] | null {
  if (!/^[1-9][0-9]?$/.test(count) || Number(count) > 18) return null;
  return one(`[0-9]{${count}}`);
}

function rangeOf(parameter: string): Slot['ends'] | null {
  const [, low, high] = /^(0|[1-9][0-9]{0,17})-(0|[1-9][0-9]{0,17})$/.exec(parameter) ?? [];
  if (low === undefined || high === undefined || BigInt(low) > BigInt(high)) return null;
  return one(
    '(?:0|[1-9][0-9]{0,17})',
    (value) => BigInt(low) <= BigInt(value) && BigInt(value) <= BigInt(high),
  );
}
