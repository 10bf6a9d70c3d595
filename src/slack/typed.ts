/** What somebody typed after `/gate`. */
export type Typed =
  | { word: 'help' }
  | { word: 'pending'; page: number }
  | { word: 'show'; id: string }
  | { word: 'check'; command: string }
  | RulesTyped
  | { word: 'notes'; rest: string }
  | { word: 'me'; rest: string }
  | { word: 'unknown'; typed: string; nearest: string | null };

export interface RulesTyped {
  word: 'rules';
  does: (typeof RULES_DO)[number];
  rest: string;
}

const WORDS = ['help', 'pending', 'show', 'check', 'rules', 'notes', 'me'] as const;
const RULES_DO = ['suggestions', 'list', 'add', 'revoke', 'confirm', 'help'] as const;

/** Slack writes `&`, `<`, `>` as entities, and links, people and channels as `<…>`: back to what was typed. */
export function unescaped(text: string): string {
  return text
    .replace(
      /<([@#!]?)([^<>|]*)(?:\|([^<>]*))?>/g,
      (_, sign: string, id: string, label: string | undefined) => {
        if (sign === '@' || sign === '#') return `${sign}${label || id}`;
        return sign === '!' ? `@${id.split('^')[0]}` : id;
      },
    )
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&amp;', '&');
}

/** Reads the text of a slash command. */
export function readTyped(text: string): Typed {
  const plain = unescaped(text).trim();
  const [first = '', rest = ''] = splitOnce(plain);
  switch (first.toLowerCase()) {
    case '':
    case 'help':
      return { word: 'help' };
    case 'pending':
      return { word: 'pending', page: Math.min(50, Math.max(1, Number.parseInt(rest, 10) || 1)) };
    case 'show':
      return { word: 'show', id: rest };
    case 'check':
      return { word: 'check', command: rest };
    case 'rules':
      return readRules(rest);
    case 'notes':
      return { word: 'notes', rest };
    case 'me':
      return { word: 'me', rest };
    default:
      return { word: 'unknown', typed: first, nearest: nearest(first.toLowerCase()) };
  }
}

/** After `/gate rules`: nothing is what was suggested; any word that is none of ours is looked for in the list. */
function readRules(text: string): RulesTyped {
  if (text === '') return { word: 'rules', does: 'suggestions', rest: '' };
  const [first, rest] = splitOnce(text);
  const does = RULES_DO.find((word) => word === first.toLowerCase());
  return does ? { word: 'rules', does, rest } : { word: 'rules', does: 'list', rest: text };
}

/** `… in production` at the end, when there is such an environment. */
export function splitEnvironment(
  text: string,
  known: readonly string[],
): { words: string; environment: string | null } {
  const [, words = '', name = ''] = /^(?:([\s\S]*\S)\s+)?in\s+(\S+)$/.exec(text.trim()) ?? [];
  return known.includes(name) ? { words, environment: name } : { words: text.trim(), environment: null };
}

function splitOnce(text: string): [string, string] {
  const space = text.search(/\s/);
  return space < 0 ? [text, ''] : [text.slice(0, space), text.slice(space + 1).trim()];
}

/** The word that is meant, if it is a slip of one or two letters or the beginning of one. */
function nearest(typed: string): string | null {
  const [best] = WORDS.map((word) => ({ word, distance: word.startsWith(typed) ? 1 : distance(typed, word) }))
    .filter((each) => each.distance <= 2 && each.distance < each.word.length)
    .sort((a, b) => a.distance - b.distance);
  return best?.word ?? null;
}

/** Levenshtein's distance. */
function distance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let i = 1; i <= Math.min(a.length, 20); i++) {
    const above = row;
    row = [i];
    for (let j = 1; j <= b.length; j++) {
      const replaced = (above[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1);
      row.push(Math.min(replaced, (above[j] ?? 0) + 1, (row[j - 1] ?? 0) + 1));
    }
  }
  return row[b.length] ?? 0;
}
