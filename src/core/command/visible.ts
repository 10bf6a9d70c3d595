/**
 * Characters a reader does not see, or that reorder or forge what he sees: controls, format and bidi characters, lone
 * surrogates, private and unassigned code points, separators, default-ignorables (zero-width, variation selectors,
 * tags, fillers), every space but U+0020, and characters that are drawn blank. See CVE-2021-42574.
 */
const HIDDEN =
  '(?![\\n\\t ])[\\p{Cc}\\p{Cf}\\p{Cs}\\p{Co}\\p{Cn}\\p{Z}\\p{Default_Ignorable_Code_Point}\\u2800\\u{1D159}\\u{16FE4}\\uFFFC]';

/** Three marks on one letter are found in real writing; more of them climb over the neighbouring lines. */
const MARKS_TOO_MANY = '(?<=\\p{M}{3})\\p{M}';

const HIDDEN_OR_BRACKET = new RegExp(`${HIDDEN}|${MARKS_TOO_MANY}|[\\u27E6\\u27E7]`, 'gu');
const HIDDEN_ONLY = new RegExp(`${HIDDEN}|${MARKS_TOO_MANY}`, 'gu');

const written = (character: string): string =>
  `⟦U+${character.codePointAt(0)!.toString(16).toUpperCase().padStart(4, '0')}⟧`;

/**
 * The text with every hidden, reordering or blank character written out as `⟦U+202E⟧`. LF and TAB stay, CR does not.
 * The brackets themselves are written out too, so nobody can forge an escape. Text without any of these is unchanged.
 */
export const visible = (text: string): string => text.replace(HIDDEN_OR_BRACKET, written);

/** Whether `visible` would change the text. */
export const hasHidden = (text: string): boolean => text.search(HIDDEN_OR_BRACKET) >= 0;

/**
 * Text that may be printed on a terminal: no ESC or other control survives, newlines and tabs do. Unlike `visible` it
 * leaves the brackets alone, because what it prints has often been made visible before; so it is idempotent.
 */
export const terminalSafe = (text: string): string => text.replace(HIDDEN_ONLY, written);

// From Unicode's confusables.txt: the letters of other scripts that are drawn like a Latin letter, and slashes, dots and
// colons that are drawn like the ones in paths and host names.
const LOOK_ALIKES = new Set([
  ...'авсԁеɡһіјӏкӏмոорԛгѕтսѵԝхуүзпьАВСЕНІЈКМОРԚЅТԜХУҮЗѴԌ',
  ...'αορνικτυχγηωϲϳΑΒΕΖΗΙΚΜΝΟΡΤΥΧϹͿ',
  ...'օհցզԼՕՍոսᎪᏴᏟᎠᎬᏀᎻᎥᏦᏞᎷᏢᏒᏚᎢᏙᎳᏃɑɩ',
  ...'⁄∕⧸∶꞉․‚',
]);

const isLookAlike = (character: string): boolean => {
  if (LOOK_ALIKES.has(character)) return true;
  // Full-width and mathematical letters and punctuation: compatibility forms of ASCII.
  return (
    character > '\u2000' && /^[!-~]$/.test(character.normalize('NFKC')) && !/[\p{No}\p{Sm}]/u.test(character)
  );
};

/**
 * The words that mix ASCII letters with letters (or slashes, dots, colons) of other scripts drawn like them, such as a
 * Cyrillic `а` in `pаypal`. At most 20 are returned, each once, in order.
 */
export function mixedScripts(text: string): string[] {
  const found = new Set<string>();
  for (const [word] of text.matchAll(/[^\s'"`;&|()<>=,]+/g)) {
    if (!/[^\0-\x7f]/.test(word) || !/[A-Za-z]/.test(word)) continue;
    if ([...word].some(isLookAlike)) found.add(word);
    if (found.size === 20) break;
  }
  return [...found];
}

/** Whether the text holds letters written from right to left: they are shown in another order than they run. */
export const hasRightToLeft = (text: string): boolean =>
  /[\p{Script=Hebrew}\p{Script=Arabic}\p{Script=Syriac}\p{Script=Thaana}\p{Script=Nko}\p{Script=Adlam}]/u.test(
    text,
  );
