/**
 * What a part of a command looks like. Volatile kinds (`sha`, `semver`, `date`, `uuid`, `ulid`, `digest`) change
 * with every deploy; the others may stand for anything and are only ever generalised to what was seen.
 * `tail`: a lower-case name after a number, as `split_orders` in `0202_split_orders`.
 */
export type AtomKind =
  | 'uuid'
  | 'digest'
  | 'date'
  | 'ip'
  | 'prerelease'
  | 'semver'
  | 'int'
  | 'sha'
  | 'ulid'
  | 'mixed'
  | 'tail';

export interface Atom {
  kind: AtomKind;
  value: string;
}

/** A command with its changing parts taken out: lines of one skeleton differ only in the values. */
export interface Masked {
  /** The text with `\0` and a letter for each atom. */
  skeleton: string;
  atoms: Atom[];
}

const LETTER: Record<AtomKind, string> = {
  uuid: 'u',
  digest: 'g',
  date: 'd',
  ip: 'a',
  prerelease: 'p',
  semver: 'v',
  int: 'i',
  sha: 's',
  ulid: 'l',
  mixed: 'm',
  tail: 't',
};
const KIND = new Map(Object.entries(LETTER).map(([kind, letter]) => [letter, kind as AtomKind]));

/** Where an atom stands in a skeleton. */
export const MARK = /\0([a-z])/g;
export const kindOfLetter = (letter: string): AtomKind => KIND.get(letter) ?? 'mixed';

// The longest first. A number may carry a tail; a version never does, as `1.4.2-rc1` is another version.
const ATOM = new RegExp(
  [
    // The name of an option is a word, whatever digits are in it: `--s3-bucket`.
    '((?<!\\S)--[A-Za-z][A-Za-z0-9_-]*)',
    '|(?<![A-Za-z0-9])(?:',
    '([0-9A-Fa-f]{8}-[0-9A-Fa-f]{4}-[1-8][0-9A-Fa-f]{3}-[89abAB][0-9A-Fa-f]{3}-[0-9A-Fa-f]{12})',
    '|(sha256:[0-9a-f]{64})',
    '|(\\d{4}-\\d{2}-\\d{2}(?:[T-]\\d{4}(?:\\d{2})?)?|20\\d{6}(?:[T-]\\d{4}(?:\\d{2})?)?)',
    '|(\\d{1,3}(?:\\.\\d{1,3}){3}(?!\\.\\d))',
    '|(v?\\d+\\.\\d+\\.\\d+[-+][0-9A-Za-z]+(?:[.+-][0-9A-Za-z]+)*)',
    '|(v?\\d+\\.\\d+\\.\\d+(?!\\.\\d))',
    '|(\\d+)(?:([-_])([a-z]+(?:[-_][a-z]+)*)(?![A-Za-z0-9_-]))?',
    '|([A-Za-z0-9]*\\d[A-Za-z0-9]*)',
    // Of a ticket: `WEB-4711`.
    '|([A-Z]{2,10})(?=-\\d)',
    ')(?![A-Za-z0-9])',
  ].join(''),
  'g',
);

/** Takes the atoms out of a command's text. Linear in its length. */
export function mask(text: string): Masked {
  const atoms: Atom[] = [];
  let [skeleton, kept, at] = ['', 0, 0];
  for (;;) {
    // What has no digit before the next blank holds no atom: most words are passed over.
    const digit = nextDigit(text, at);
    if (digit < 0) break;
    const [from, end] = wordAround(text, digit, at);
    ATOM.lastIndex = from;
    for (let found = ATOM.exec(text); found !== null && found.index < end; found = ATOM.exec(text)) {
      if (found[1] !== undefined) continue;
      skeleton += text.slice(kept, found.index) + take(atoms, found);
      kept = found.index + found[0].length;
      if (ATOM.lastIndex >= end) break;
    }
    at = Math.max(end, kept);
  }
  ATOM.lastIndex = 0;
  return { skeleton: kept === 0 ? text : skeleton + text.slice(kept), atoms };
}

function nextDigit(text: string, from: number): number {
  for (let at = from; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code >= 48 && code <= 57) return at;
  }
  return -1;
}

/** Where the word around a place begins and ends, not before `first`. */
function wordAround(text: string, place: number, first: number): [from: number, end: number] {
  let [from, end] = [place, place];
  while (from > first && !isBlank(text.charCodeAt(from - 1))) from -= 1;
  while (end < text.length && !isBlank(text.charCodeAt(end))) end += 1;
  return [from, end];
}

/** At least everything that `\s` takes. */
const isBlank = (code: number): boolean =>
  code === 32 || (code >= 9 && code <= 13) || code === 160 || code > 0x1f_ff || code === 0x16_80;

/** Notes an atom, and gives what stands in its place. */
function take(atoms: Atom[], found: RegExpExecArray): string {
  const [all, , uuid, digest, date, ip, prerelease, semver, int, joint, tail, run, ticket] = found;
  const put = (kind: AtomKind, value: string): string => {
    atoms.push({ kind, value });
    return `\0${LETTER[kind]}`;
  };
  if (ticket !== undefined) return put('mixed', ticket);
  if (run !== undefined) return put(kindOfRun(run), run);
  if (int !== undefined) {
    const number = put('int', int);
    return tail === undefined ? number : number + joint + put('tail', tail);
  }
  if (semver !== undefined) return put('semver', all);
  if (date !== undefined) return put(isDay(date) ? 'date' : 'mixed', all);
  if (uuid !== undefined) return put('uuid', all);
  if (digest !== undefined) return put('digest', all);
  return ip !== undefined ? put('ip', all) : put(prerelease === undefined ? 'mixed' : 'prerelease', all);
}

function kindOfRun(run: string): AtomKind {
  if (/^[0-9a-f]{7,40}$/.test(run)) return 'sha';
  if (run.length === 26 && /^[0-9A-HJKMNP-TV-Z]+$/.test(run)) return 'ulid';
  return 'mixed';
}

function isDay(text: string): boolean {
  const digits = text.replaceAll('-', '');
  const [month, day] = [Number(digits.slice(4, 6)), Number(digits.slice(6, 8))];
  return month >= 1 && month <= 12 && day >= 1 && day <= 31;
}
