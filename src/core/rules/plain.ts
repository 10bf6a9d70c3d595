const PLAIN = 1;
const FIRST = 2;
const CLASS = new Uint8Array(128);
for (const char of 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_') {
  CLASS[char.charCodeAt(0)] = PLAIN | FIRST;
}
for (const char of '.+~-') CLASS[char.charCodeAt(0)] = PLAIN;

/** R3: whether a character code is plain, `A-Za-z0-9_.+~-`. */
export const isPlainCode = (code: number): boolean => code < 128 && ((CLASS[code] as number) & PLAIN) !== 0;

/** R3: whether it may be the first a wildcard takes at a boundary, `A-Za-z0-9_`. */
export const isFirstCode = (code: number): boolean => code < 128 && ((CLASS[code] as number) & FIRST) !== 0;

// Past the end of a text the code is NaN, which is neither.
export const isPlain = (text: string, at: number): boolean => isPlainCode(text.charCodeAt(at));
export const isFirst = (text: string, at: number): boolean => isFirstCode(text.charCodeAt(at));
