/** A word of shell text with its decoded value and, for every unit of the value, where it came from. */
export interface ShellWord {
  value: string;
  /** `from[i]`, `to[i]`: the place in the text of the i-th unit of the value, escapes included. */
  from: number[];
  to: number[];
  /** It is the first word of a simple command. */
  first: boolean;
  /** It begins with a quote. */
  quoted: boolean;
}

export interface Words {
  words: ShellWord[];
  /** The quote that is open before each unit of the text: 0 none, else the code of the quote. */
  open: Uint8Array;
}

/**
 * Cuts any text into words the way a shell would, without ever failing: for redaction, where a text that is no shell
 * must be read too. A quote that is never closed is an ordinary character. Linear.
 */
export function shellWords(text: string): Words {
  const open = new Uint8Array(text.length + 1);
  const words: ShellWord[] = [];
  let word: ShellWord | null = null;
  let first = true;
  const lastQuote = { "'": text.lastIndexOf("'"), '"': text.lastIndexOf('"') };
  const put = (value: string, from: number, to: number): void => {
    word ??= { value: '', from: [], to: [], first, quoted: false };
    word.value += value;
    word.from.push(from);
    word.to.push(to);
  };
  const close = (): void => {
    if (word) {
      words.push(word);
      first = false;
    }
    word = null;
  };
  for (let i = 0; i < text.length; i++) {
    const c = text[i]!;
    const template = c === '$' && text[i + 1] === '{' ? templateEnd(text, i) : 0;
    if (template > 0) for (; i < template; i++) put(text[i]!, i, i + 1);
    if (template > 0) i--;
    else if (c === ' ' || c === '\t' || c === '\r') close();
    else if ('\n;|&()`'.includes(c)) {
      close();
      first = true;
    } else if (c === '\\' && i + 1 < text.length) {
      if (text[i + 1] !== '\n') put(text[i + 1]!, i, i + 2);
      i++;
    } else if ((c === "'" || c === '"') && lastQuote[c] > i) {
      word ??= { value: '', from: [], to: [], first, quoted: true };
      const end = quoted(text, i, c, put);
      open.fill(c.charCodeAt(0), i + 1, end + 1);
      i = end;
    } else put(c, i, i + 1);
  }
  close();
  return { words, open };
}

/** The end of `${name}` or `${{ expression }}`: they hold blanks and still are one piece of a word. 0 if there is none. */
function templateEnd(text: string, at: number): number {
  const piece = text.slice(at, at + 256);
  return at + (/^\$(?:\{\{[^{}\n]*\}\}|\{[^{}\n]*\})/.exec(piece)?.[0].length ?? -at);
}

/** Reads a quoted stretch that begins at `open`; returns the place of its closing quote. */
function quoted(
  text: string,
  open: number,
  quote: "'" | '"',
  put: (value: string, from: number, to: number) => void,
): number {
  let i = open + 1;
  for (; i < text.length && text[i] !== quote; i++) {
    const escapes = quote === '"' && text[i] === '\\' && /["\\$`]/.test(text[i + 1] ?? '');
    if (escapes) {
      put(text[i + 1]!, i, i + 2);
      i++;
    } else put(text[i]!, i, i + 1);
  }
  return i;
}
