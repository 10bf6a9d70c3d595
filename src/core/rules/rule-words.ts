import type { Fault } from '../command/admissible.ts';
import { readBraces } from './braces.ts';
import type { OpenToken } from './token.ts';

/** A redirection a rule grants (R7), its target still open. */
export interface OpenRedirection {
  fd: number | 'both';
  operator: '>' | '>>' | '<';
  target: OpenWord;
}

/** One word of a rule as written, from `start` to `end`. */
export interface OpenWord {
  tokens: OpenToken[];
  raw: string;
  start: number;
  end: number;
}

export interface OpenRule {
  words: OpenWord[];
  redirections: OpenRedirection[];
}

const SPELLED = /[A-Za-z0-9_.+/:,=@%^-]+(?=[ \t]|$)/y;
const ORDINARY = /[A-Za-z0-9_.+/,@%^-]+/y;
const BLANKS = /[ \t]*/y;
const OPERATOR = /(?:([0-9]*)(>>|>|<)|&(>>|>))/y;

/** R2, R7: splits the text of a pattern rule into words and the redirections at its end. */
export function readRuleWords(text: string, from = 0): OpenRule | Fault {
  const rule: OpenRule = { words: [], redirections: [] };
  let at = skipBlanks(text, from);
  while (at < text.length) {
    OPERATOR.lastIndex = at;
    const operator = OPERATOR.exec(text);
    const start = operator ? skipBlanks(text, at + operator[0].length) : at;
    const word = readOpenWord(text, start);
    if ('why' in word) return word;
    if (operator) {
      const redirection = redirectionOf(operator, word, at);
      if ('why' in redirection) return redirection;
      rule.redirections.push(redirection);
    } else if (rule.redirections.length > 0) {
      return {
        why: 'redirections stand at the end of a rule',
        place: at,
        mend: 'move the words before them',
      };
    } else {
      rule.words.push(word);
    }
    at = skipBlanks(text, word.end);
  }
  return rule;
}

function skipBlanks(text: string, at: number): number {
  BLANKS.lastIndex = at;
  BLANKS.test(text);
  return BLANKS.lastIndex;
}

function redirectionOf(operator: RegExpExecArray, target: OpenWord, place: number): OpenRedirection | Fault {
  const [, digits = '', single, both] = operator;
  if (target.end === target.start) {
    return {
      why: 'a redirection has no target, or copies a descriptor',
      place,
      mend: '`2>&1` and the like are always allowed: leave them out',
    };
  }
  if (both) return { fd: 'both', operator: both as '>' | '>>', target };
  if (digits.length > 1) return { why: `the descriptor \`${digits}\` is not one digit`, place };
  const fd = digits === '' ? (single === '<' ? 0 : 1) : Number(digits);
  return { fd, operator: single as '>' | '>>' | '<', target };
}

/** Reads one word from `start` to the next blank. An empty word (`start === end`) is one an operator ended. */
function readOpenWord(text: string, start: number): OpenWord | Fault {
  SPELLED.lastIndex = start;
  const spelled = SPELLED.exec(text)?.[0];
  if (spelled !== undefined) {
    const end = start + spelled.length;
    return { tokens: [{ kind: 'literal', text: spelled }], raw: spelled, start, end };
  }
  const tokens: OpenToken[] = [];
  let at = start;
  while (at < text.length && text[at] !== ' ' && text[at] !== '\t') {
    const part = readPart(text, at, start);
    if ('why' in part) return part;
    if (part.end === at) break;
    tokens.push(part.token);
    at = part.end;
  }
  return { tokens, raw: text.slice(start, at), start, end: at };
}

type Part = { token: OpenToken; end: number };

const FORBIDDEN: Record<string, string> = {
  $: '`$` would be an expansion',
  '`': 'a backtick would be a substitution',
  ';': '`;` joins commands',
  '&': '`&` joins commands',
  '|': '`|` joins commands',
  '(': 'parentheses are shell syntax',
  ')': 'parentheses are shell syntax',
  ']': '`]` without `[`',
  '}': '`}` without `{`',
  '<': '`<` inside a word',
  '>': '`>` inside a word',
};

const MENDS: Record<string, string> = {
  ';': 'write one rule a line, one for each command',
  '&': 'write one rule a line, one for each command; `2>&1` and the like are always allowed: leave them out',
  '|': 'write one rule a line; the command after the pipe needs a rule that begins with `| `',
  '<': "write a blank before it to grant a redirection, or quote it: '<'",
  '>': "write a blank before it to grant a redirection, or quote it: '>'",
};

/** Reads one token of the word that begins at `word`. */
function readPart(text: string, at: number, word: number): Part | Fault {
  const char = text.charAt(at);
  if (char === "'") return readSingleQuoted(text, at);
  if (char === '"') return readDoubleQuoted(text, at);
  if (char === '\\') return readEscaped(text, at);
  if (char === '*') return readStars(text, at, word);
  if (char === '?') return { token: { kind: 'one' }, end: at + 1 };
  if (char === '[') return readSet(text, at);
  if (char === '{')
    return readBraces(text, at, at === word && /^\{\}(?:[ \t]|$)/.test(text.slice(at, at + 3)));
  ORDINARY.lastIndex = at;
  const run = ORDINARY.exec(text)?.[0];
  if (run !== undefined) return { token: { kind: 'literal', text: run }, end: at + run.length };
  const why = Object.hasOwn(FORBIDDEN, char) ? FORBIDDEN[char] : signAtStart(text, at, word);
  if (why)
    return { why, place: at, mend: MENDS[char] ?? `to mean the character itself, quote it: '${char}'` };
  if (char === '\n')
    return { why: 'a rule is one line', place: at, mend: 'only exact rules (`= …`) may hold more' };
  return { token: { kind: 'literal', text: char }, end: at + 1 };
}

/** `#`, `!` and `~` mean something else at the start of a word, `~` also after `=` and `:`. */
function signAtStart(text: string, at: number, word: number): string | null {
  const char = text.charAt(at);
  if (at === word && (char === '#' || char === '!' || char === '~'))
    return `\`${char}\` at the start of a word`;
  const before = text.charAt(at - 1);
  return char === '~' && (before === '=' || before === ':') ? '`~` would be a home directory' : null;
}

function readSingleQuoted(text: string, at: number): Part | Fault {
  const close = text.indexOf("'", at + 1);
  if (close < 0) return { why: 'a quote is not closed', place: at };
  return quoted(text.slice(at + 1, close), at, close + 1);
}

function readDoubleQuoted(text: string, open: number): Part | Fault {
  let value = '';
  for (let at = open + 1; at < text.length; at++) {
    const char = text.charAt(at);
    if (char === '"') return quoted(value, open, at + 1);
    if (char === '$' || char === '`') {
      return { why: `\`${char}\` in double quotes is an expansion`, place: at, mend: 'use single quotes' };
    }
    const next = text.charAt(at + 1);
    const escapes = char === '\\' && next !== '' && '$`"\\'.includes(next);
    value += escapes ? next : char;
    if (escapes) at += 1;
  }
  return { why: 'a quote is not closed', place: open };
}

const quoted = (value: string, place: number, end: number): Part | Fault =>
  value.includes('\n')
    ? { why: 'a line end inside quotes', place, mend: 'approve such a command with an exact rule (`= …`)' }
    : { token: { kind: 'literal', text: value }, end };

function readEscaped(text: string, at: number): Part | Fault {
  const next = text.charAt(at + 1);
  if (next === '' || next === '\n') return { why: 'a backslash at the end of a line', place: at };
  return { token: { kind: 'literal', text: next }, end: at + 2 };
}

/** `*`, or `**` where it is a whole path segment. */
function readStars(text: string, at: number, word: number): Part | Fault {
  if (text[at + 1] !== '*') return { token: { kind: 'star' }, end: at + 1 };
  const end = at + 2;
  const opens = at === word || text[at - 1] === '/';
  const closes = end >= text.length || text[end] === '/' || text[end] === ' ' || text[end] === '\t';
  if (opens && closes) return { token: { kind: 'path' }, end };
  return {
    why: '`**` must be a whole part of a path',
    place: at,
    mend: 'write `*` for a part of a word, or `dir/**` for everything below a directory',
  };
}

/** `[a-z0-9_.]`: ASCII letters, digits, `_`, `.`, and ranges of one kind. */
function readSet(text: string, at: number): Part | Fault {
  const close = text.indexOf(']', at + 1);
  const inner = close < 0 ? '' : text.slice(at + 1, close);
  if (!/^(?:[a-z]-[a-z]|[A-Z]-[A-Z]|[0-9]-[0-9]|[A-Za-z0-9_.])+$/.test(inner)) {
    return {
      why: 'a set `[ ]` is made of letters, digits, `_`, `.` and ranges such as `a-z`, without negation',
      place: at,
    };
  }
  let members = '';
  for (const [item] of inner.matchAll(/.-.|./g)) {
    const [first, last] = [item.charCodeAt(0), item.charCodeAt(item.length - 1)];
    if (first > last) return { why: `the range \`${item}\` is the wrong way round`, place: at };
    for (let code = first; code <= last; code++) members += String.fromCharCode(code);
  }
  return { token: { kind: 'set', members, text: `[${inner}]` }, end: close + 1 };
}
