/** Where something stands in a text: UTF-16 units, `end` excluded. */
export interface Span {
  start: number;
  end: number;
}

/**
 * A word as bash would read it. Of a static word the value is certain before it runs (S5);
 * of a dynamic one it is not, so it has none.
 */
export type Word =
  | { static: true; value: string; raw: string; span: Span }
  | { static: false; raw: string; span: Span; why: string };

/** What the raw text of one word stands for: its value, or why that is not known before it runs. */
export type Reading = { value: string } | { why: string; at: number };

const UNQUOTED: Record<string, string> = {
  $: 'an expansion',
  '`': 'a command substitution',
  '*': 'a shell glob',
  '?': 'a shell glob',
  '[': 'a shell glob',
  ']': 'a shell glob',
  '{': 'a brace',
  '}': 'a brace',
  '(': 'a parenthesis',
  ')': 'a parenthesis',
  '<': 'an operator',
  '>': 'an operator',
  '|': 'an operator',
  '&': 'an operator',
  ';': 'an operator',
  ' ': 'a blank',
  '\t': 'a blank',
  '\n': 'a line end',
};
const PLAIN = /^[A-Za-z0-9_.,/:=@%+^-]+$/;
const CONTINUATIONS = /^(?:\\\n)+$/;

/**
 * S5, the second decoder: reads the raw text of a word on its own, apart from the parser, so that both must
 * agree. `previous` is the character before it in the same word (`=` for the value of an assignment).
 */
export function readWord(raw: string, previous = ''): Reading {
  if (PLAIN.test(raw)) return { value: raw };
  if (raw === '{}' && previous === '') return { value: raw };
  let value = '';
  let at = raw.startsWith('\\\n') ? (/^(?:\\\n)+/.exec(raw)?.[0].length ?? 0) : 0;
  while (at < raw.length) {
    const char = raw.charAt(at);
    const before = value === '' ? previous : value.charAt(value.length - 1);
    if (char === "'") {
      const close = raw.indexOf("'", at + 1);
      if (close < 0) return { why: 'a quote is not closed', at };
      value += raw.slice(at + 1, close);
      at = close + 1;
    } else if (char === '"') {
      const quoted = readDoubleQuoted(raw, at);
      if ('why' in quoted) return quoted;
      value += quoted.value;
      at = quoted.end;
    } else if (char === '\\') {
      if (CONTINUATIONS.test(raw.slice(at))) return { value };
      const next = raw.charAt(at + 1);
      if (next === '' || next === '\n') return { why: 'a backslash splits the word over two lines', at };
      value += next;
      at += 2;
    } else if (char === '~' && (before === '' || before === '=' || before === ':')) {
      return { why: '`~` is replaced by a home directory', at };
    } else {
      const meaning = UNQUOTED[char];
      if (meaning !== undefined) return { why: `\`${char.trim()}\` outside quotes is ${meaning}`, at };
      value += char;
      at += 1;
    }
  }
  return { value };
}

/** Reads `"…"` from its opening quote: backslash escapes only `$`, backtick, `"` and `\`. */
function readDoubleQuoted(
  raw: string,
  open: number,
): { value: string; end: number } | { why: string; at: number } {
  let value = '';
  for (let at = open + 1; at < raw.length; at++) {
    const char = raw.charAt(at);
    if (char === '"') return { value, end: at + 1 };
    if (char === '$' || char === '`') return { why: `\`${char}\` in double quotes is an expansion`, at };
    if (char !== '\\') {
      value += char;
      continue;
    }
    const next = raw.charAt(at + 1);
    if (next === '\n') return { why: 'a backslash splits the word over two lines', at };
    if (next === '$' || next === '`' || next === '"' || next === '\\') {
      value += next;
      at += 1;
    } else {
      value += char;
    }
  }
  return { why: 'a quote is not closed', at: open };
}
