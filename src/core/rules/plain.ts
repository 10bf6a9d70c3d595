const PLAIN = 1;
const FIRST = 2;
const CLASS = new Uint8Array(128);
for (const char of 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_') {
  CLASS[char.charCodeAt(0)] = PLAIN | FIRST;
}
for (const char of '.+~-') CLASS[char.charCodeAt(0)] = PLAIN;

const is = (what: number, text: string, at: number): boolean => {
  const code = text.charCodeAt(at);
  return code < 128 && ((CLASS[code] as number) & what) !== 0;
};

/** R3: whether a character is plain, `A-Za-z0-9_.+~-`. */
export const isPlain = (text: string, at: number): boolean => is(PLAIN, text, at);

/** R3: whether a character may be the first a wildcard takes at a boundary, `A-Za-z0-9_`. */
export const isFirst = (text: string, at: number): boolean => is(FIRST, text, at);
