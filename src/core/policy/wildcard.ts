/** In a reading: a stretch of text that nobody knows before the command runs. */
export const UNKNOWN = '\u0000';
/** In a reading: a match may begin here too. */
export const START = '\u0001';

const MOST_PATTERN_UNITS = 256;

/** Why a text cannot be a wide command pattern, with what to write; null when it can. */
export function widePatternFault(pattern: string): string | null {
  if (pattern.trim() === '') return 'it is empty: write a command pattern such as "psql *"';
  if (pattern.length > MOST_PATTERN_UNITS) return `it is longer than ${MOST_PATTERN_UNITS} characters`;
  if (/[\u0000\u0001]/.test(pattern)) return 'it has control characters: remove them';
  return null;
}

const STAR = '*';
const ANY_ONE = '?';

/** Blanks and line ends, in any number, are one blank; upper and lower case of ASCII are one. */
export const leveled = (text: string): string =>
  text.replace(/\s+/g, ' ').replace(/[A-Z]+/g, (letters) => letters.toLowerCase());

/**
 * A command pattern of a `require` or `block` policy: `*` is anything, blanks and slashes included, `?` one
 * character, all else itself in upper or lower case. A `*` beside the only blank takes that blank too, so `psql *`
 * is also `psql` alone.
 *
 * `mayMatch` asks whether the pattern and a reading have any text in common. It is a walk over the reading with the
 * set of reached places of the pattern as bits, so its cost is the product of both lengths over 32, whatever they say.
 */
export class Wildcard {
  /** The units of the pattern without its stars. */
  private readonly units: string;
  /** Places that a star lets stay where they are. */
  private readonly loops: Uint32Array;
  private readonly masks = new Map<number, Uint32Array>();
  private readonly anyOne: Uint32Array;
  private readonly begin: Uint32Array;
  private readonly blank: Uint32Array;

  constructor(pattern: string) {
    const text = leveled(pattern).trim();
    this.units = text.replaceAll(STAR, '');
    const size = (this.units.length >>> 5) + 1;
    this.loops = new Uint32Array(size);
    this.anyOne = new Uint32Array(size);
    let place = 0;
    for (const unit of text.split('')) {
      if (unit === STAR) setBit(this.loops, place);
      else if (unit === ANY_ONE) setBit(this.anyOne, place++);
      else setBit(this.maskOf(unit), place++);
    }
    this.blank = this.maskOf(' ').slice();
    for (const mask of this.masks.values()) include(mask, this.anyOne);
    this.begin = new Uint32Array(size);
    setBit(this.begin, 0);
    const afterBlank = this.begin.slice();
    this.step(afterBlank, this.blank);
    include(this.begin, afterBlank);
  }

  /** Whether some text that the reading stands for is one that the pattern takes, from its start or a `START`. */
  mayMatch(reading: string): boolean {
    const reached = this.begin.slice();
    for (let i = 0; i < reading.length; i++) {
      const unit = reading.charCodeAt(i);
      if (unit === 0) this.reachAll(reached);
      else if (unit === 1) include(reached, this.begin);
      else if (!this.step(reached, this.masks.get(unit) ?? this.anyOne)) {
        const next = reading.indexOf(START, i);
        if (next < 0) return false;
        i = next - 1;
      }
    }
    if (hasBit(reached, this.units.length)) return true;
    this.step(reached, this.blank);
    return hasBit(reached, this.units.length);
  }

  /** One unit of the reading, by the places where it may stand. False: no place is left. */
  private step(reached: Uint32Array, mask: Uint32Array): boolean {
    let carry = 0;
    let left = 0;
    for (let i = 0; i < reached.length; i++) {
      const moving = reached[i]! & mask[i]!;
      reached[i] = (moving << 1) | carry | (reached[i]! & this.loops[i]!);
      carry = moving >>> 31;
      left |= reached[i]!;
    }
    return left !== 0;
  }

  /** Unknown text: every place from the first reached one on. */
  private reachAll(reached: Uint32Array): void {
    const first = reached.findIndex((bits) => bits !== 0);
    if (first < 0) return;
    const bits = reached[first]!;
    reached[first] = ~((bits & -bits) - 1);
    reached.fill(0xffffffff, first + 1);
  }

  private maskOf(unit: string): Uint32Array {
    const code = unit.charCodeAt(0);
    const mask = this.masks.get(code) ?? new Uint32Array(this.loops.length);
    this.masks.set(code, mask);
    return mask;
  }
}

function include(bits: Uint32Array, more: Uint32Array): void {
  for (let i = 0; i < bits.length; i++) bits[i]! |= more[i]!;
}
const setBit = (bits: Uint32Array, place: number): void => {
  bits[place >>> 5]! |= 1 << (place & 31);
};
const hasBit = (bits: Uint32Array, place: number): boolean =>
  (bits[place >>> 5]! & (1 << (place & 31))) !== 0;

const patterns = new Map<string, Wildcard[]>();

/**
 * The pattern, and where its program is given by path, the pattern with the base name. Kept for the next request:
 * patterns come from the configuration only.
 */
export function wildcardsOf(pattern: string): Wildcard[] {
  let made = patterns.get(pattern);
  if (!made) {
    const base = /^\s*\S*\/([^\s/*?]+)(?=\s|$)/.exec(pattern);
    const texts = base ? [pattern, `${base[1]}${pattern.slice(base[0].length)}`] : [pattern];
    made = texts.map((text) => new Wildcard(text));
    patterns.set(pattern, made);
  }
  return made;
}
