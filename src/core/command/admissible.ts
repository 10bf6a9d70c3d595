/** The longest text that is read, in UTF-16 units (S1). */
export const LONGEST_TEXT = 4096;

/** Why something cannot be read, in words for people, and where in the text it was seen. */
export interface Fault {
  why: string;
  place?: number;
  /** What to write instead, where that is known. */
  mend?: string;
}

const PRINTABLE_ASCII = /^[\t\n\x20-\x7e]*$/;
const INADMISSIBLE =
  /(?![\t\n ])[\p{Cc}\p{Cf}\p{Cs}\p{Co}\p{Cn}\p{Zl}\p{Zp}\p{Zs}\p{Default_Ignorable_Code_Point}]/u;

/**
 * S1: null when a text may be read at all, else why not. Control, invisible, unassigned and look-alike blank
 * characters make a text unreadable for people (CVE-2021-42574), so no rule of any kind covers it.
 */
export function inadmissible(text: string): Fault | null {
  if (text.length === 0) return { why: 'it is empty' };
  if (text.length > LONGEST_TEXT) {
    return { why: `it is longer than ${LONGEST_TEXT} characters (${text.length})`, place: LONGEST_TEXT };
  }
  if (PRINTABLE_ASCII.test(text)) return null;
  const place = text.search(INADMISSIBLE);
  if (place < 0) return null;
  return { why: `it holds ${nameOf(text.codePointAt(place) ?? 0)}, which people cannot see`, place };
}

const nameOf = (codePoint: number): string =>
  `the character U+${codePoint.toString(16).toUpperCase().padStart(4, '0')}`;
