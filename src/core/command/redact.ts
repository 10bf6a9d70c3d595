import type { Command } from './command.ts';
import { type Found, findFormats, findRandom, isReference } from './secret-formats.ts';
import { secretsInWords } from './secret-options.ts';
import { type ShellWord, shellWords } from './shell-words.ts';

/** What stands in for a secret: ordinary characters for every shell, so the words around it stay as they were. */
export const REDACTED = '%redacted%';

export interface Redaction {
  why: string;
  /** Where it was, in words: `word 3`, `character 14`. */
  where: string;
}

export interface Redacted {
  command: Command;
  redactions: Redaction[];
}

const MAX_NESTING = 3;

/** A secret in a decoded word, taken back to the text the word stands in. */
function toText(word: ShellWord, open: Uint8Array, { start, end, why, tail = '' }: Found): Found {
  const quote = open[word.to[end - 1]!];
  const single = tail.replaceAll("'", `'\\''`);
  const inside =
    quote === 39 ? single : quote === 34 ? tail.replaceAll('"', '\\"') : tail.replace(/['"]/g, '\\$&');
  return { start: word.from[start]!, end: word.to[end - 1]!, why, tail: inside };
}

/** A substitution runs, so it must stay in sight, even in the value of a secret option: what is redacted ends before it. */
function beforeSubstitution(text: string, found: Found): Found {
  const at = text.slice(found.start, found.end).search(/\$\(|`|[<>]\(/);
  return at < 0 ? found : { ...found, end: found.start + at, tail: '' };
}

const SINGLE_QUOTE = 39;
/** Long enough to be a line of a key and no word of a command. */
const KEY_MATERIAL = /^[A-Za-z0-9+/=_-]{16,}$/;

/** Where bash would begin an expansion, or end the word: what is hidden must not reach over it. */
function endsStretch(text: string, open: Uint8Array, at: number): boolean {
  const quote = open[at];
  if (quote === SINGLE_QUOTE || text[at - 1] === '\\') return false;
  const char = text[at] as string;
  if (char === '`' || (char === '$' && /[\w{(@*#?!$'"-]/.test(text[at + 1] ?? ''))) return true;
  return quote === 0 && /[\s;&|<>()]/.test(char);
}

/**
 * The stretches of a secret that may be hidden: up to the first thing that bash would do, and after that only what
 * is key material. So redaction hides values and never anything that runs.
 */
function stretches(text: string, open: Uint8Array, found: Found): Found[] {
  const result: Found[] = [];
  let start = found.start;
  for (let at = found.start; at <= found.end; at++) {
    if (at < found.end && !endsStretch(text, open, at)) continue;
    const isFirst = start === found.start;
    const isLast = at === found.end;
    if (at > start && (isFirst || KEY_MATERIAL.test(text.slice(start, at)))) {
      result.push({ start, end: at, why: found.why, tail: isLast ? found.tail : '' });
    }
    start = at + 1;
  }
  return result;
}

/** Closes the quote that is open where the stretch begins and opens the one that is open where it ends. */
function balanced(open: Uint8Array, found: Found): Found {
  const [before, after] = [open[found.start]!, open[found.end]!];
  if (before === after) return found;
  const quote = (code: number): string => (code === 0 ? '' : String.fromCharCode(code));
  return { ...found, tail: `${found.tail ?? ''}${quote(before)}${quote(after)}` };
}

/** Every secret in a text, whatever the text is. */
function findSecrets(text: string, depth = 0): Found[] {
  const { words, open } = shellWords(text);
  // Each level reads the text again: long texts get fewer.
  const nesting = text.length > 8192 ? 1 : MAX_NESTING;
  const found = [...findFormats(text), ...findRandom(text)];
  for (const { word, ...at } of secretsInWords(words)) {
    if (at.end > at.start) found.push(toText(words[word]!, open, at));
  }
  for (const word of words) {
    const nested = depth < nesting && /[\s;|&"'`]/.test(word.value);
    const plain = word.value.length === 0 || text.slice(word.from[0], word.to.at(-1)) === word.value;
    if (plain && !nested) continue;
    // Quoting can cut a token in two (`gh''p_…`), and a quoted word may be a command by itself (`bash -c '…'`).
    const inner = nested
      ? findSecrets(word.value, depth + 1)
      : [...findFormats(word.value), ...findRandom(word.value)];
    found.push(...inner.map((one) => toText(word, open, one)));
  }
  const cut = found.flatMap((one) => stretches(text, open, one));
  return merged(cut).map((one) => balanced(open, one));
}

/** Sorted, without overlaps: what overlaps becomes one. */
function merged(found: Found[]): Found[] {
  const result: Found[] = [];
  for (const one of found.toSorted((a, b) => a.start - b.start || b.end - a.end)) {
    const last = result.at(-1);
    if (!last || one.start >= last.end) result.push({ ...one });
    else if (one.end > last.end) Object.assign(last, { end: one.end, tail: one.tail });
  }
  return result;
}

function replace(text: string, found: readonly Found[]): string {
  let result = '';
  let at = 0;
  for (const { start, end, tail = '' } of found) {
    result += text.slice(at, start) + REDACTED + tail;
    at = end;
  }
  return result + text.slice(at);
}

/** The text with every secret replaced by a mark. Linear in its length; never throws; redacting twice changes nothing. */
export const redactText = (text: string): string => replace(text, findSecrets(text));

function redactArgv(argv: readonly string[]): Redacted {
  const redactions: Redaction[] = [];
  const byWord = new Map<number, Found[]>();
  const words = argv.map((value) => ({ value, first: false, quoted: /\s/.test(value) }));
  for (const { word, ...at } of secretsInWords(words, true))
    byWord.set(word, [...(byWord.get(word) ?? []), at]);
  const redacted = argv.map((value, i) => {
    const here = (byWord.get(i) ?? []).map((one) => beforeSubstitution(value, one));
    const found = merged([...here, ...findSecrets(value)]).filter(({ start, end }) => end > start);
    for (const { why } of found) redactions.push({ why, where: `word ${i + 1}` });
    return replace(value, found);
  });
  return { command: { kind: 'argv', argv: redacted }, redactions };
}

/**
 * The command with every secret replaced by a mark, and why each was. An argv keeps its number of elements; shell text
 * keeps its words and quotes. The mark tells nothing about the secret, not even its length.
 */
export function redact(command: Command): Redacted {
  if (command.kind === 'argv') return redactArgv(command.argv);
  const found = findSecrets(command.text);
  return {
    command: { ...command, text: replace(command.text, found) },
    redactions: found.map(({ why, start }) => ({ why, where: `character ${start + 1}` })),
  };
}

const SECRET_KEY =
  /^(?:.*[_.-])?(?:password|passwd|passphrase|secret|token|api_?key|apikey|authorization|cookie|set-cookie|credential|credentials|private_?key|client_?secret|access_?key|signing_?secret|routing_?key)$/i;
const MAX_DEPTH = 10;

/** A value for a log: the same shape with secrets replaced, by the names of keys and by the form of texts. */
export function redactValue(value: unknown, depth = 0, seen: WeakSet<object> = new WeakSet()): unknown {
  if (typeof value === 'string') return redactText(value);
  if (typeof value !== 'object' || value === null) return typeof value === 'function' ? '[function]' : value;
  if (seen.has(value) || depth > MAX_DEPTH) return '[…]';
  seen.add(value);
  if (value instanceof Date) return value;
  if (ArrayBuffer.isView(value) || value instanceof ArrayBuffer) return '[bytes]';
  if (Array.isArray(value)) return value.map((one) => redactValue(one, depth + 1, seen));
  if (value instanceof Map) return redactValue(Object.fromEntries(value), depth + 1, seen);
  if (value instanceof Set) return redactValue([...value], depth + 1, seen);
  const entries: [string, unknown][] = Object.entries(value);
  if (value instanceof Error) {
    entries.push(['name', value.name], ['message', value.message], ['stack', value.stack]);
    if (value.cause !== undefined) entries.push(['cause', value.cause]);
  }
  const camel = (key: string): string => key.replace(/([a-z0-9])([A-Z])/g, '$1_$2');
  return Object.fromEntries(
    entries.map(([key, one]) => {
      const secret =
        SECRET_KEY.test(camel(key)) && one !== null && one !== undefined && typeof one !== 'boolean';
      return [
        key,
        secret && !(typeof one === 'string' && isReference(one))
          ? REDACTED
          : redactValue(one, depth + 1, seen),
      ];
    }),
  );
}
