import { presentVerbs, saysWhere } from './options.ts';
import type { Option, Part, Shape, ShapedWord } from './shape.ts';

const HERE = '\u0001';
const OPEN = '\u0002';
const ELSEWHERE = '\u0003';
const ENVIRONMENTS =
  'production|prod|prd|live|staging|stage|stg|preprod|preview|sandbox|integration|development|develop|dev|testing|test|qa|uat';

/** Whole occurrences of a name: nothing that is a letter or digit stands beside it. */
export function occurrences(name: string): RegExp {
  const known = patterns.get(name);
  if (known) {
    known.lastIndex = 0;
    return known;
  }
  const made = new RegExp(`(?<![A-Za-z0-9])${name.replace(/[^A-Za-z0-9]/g, '\\$&')}(?![A-Za-z0-9])`, 'g');
  if (patterns.size >= MOST_PATTERNS) patterns.clear();
  patterns.set(name, made);
  return made;
}

/** Making one costs more than using it, and the names are few. */
const patterns = new Map<string, RegExp>();
const MOST_PATTERNS = 4096;

/** Where a name stands in a command. */
export interface Place {
  /** Among the bare words after the program. */
  bare: boolean;
  /** It says where the command acts: a host, a namespace, a region. */
  where: boolean;
  /** The longer name it is a part of, with a mark in its place: `shop-#-prod`. */
  wrapped: string | null;
}

/** Whether an option says where a command acts. */
export const isPlace = ({ name, value }: Option): boolean =>
  saysWhere(name, (value ?? []).map((part) => ('text' in part ? part.text : '')).join(''));

export function placesOf(shape: Shape, name: string): Place[] {
  const places: Place[] = [];
  const look = (text: string, before: string, bare: boolean, where: boolean) => {
    if (!text.includes(name)) return;
    for (const found of text.matchAll(occurrences(name))) {
      const head = before + text.slice(0, found.index);
      places.push({ bare, where: where || inHost(head), wrapped: wrapper(text, found.index, name.length) });
    }
  };
  for (const verb of shape.verbs) look(verb, '', true, false);
  for (const item of shape.items) {
    const word = item.kind === 'operand' ? item.word : (item.value ?? []);
    const where = item.kind === 'option' && isPlace(item);
    let before = '';
    for (const part of word) {
      if ('text' in part) look(part.text, before, false, where);
      before += 'text' in part ? part.text : '0';
    }
  }
  return places;
}

function wrapper(text: string, at: number, length: number): string | null {
  const [before = ''] = /[A-Za-z0-9_-]*$/.exec(text.slice(0, at)) ?? [];
  const [after = ''] = /^[A-Za-z0-9_-]*/.exec(text.slice(at + length)) ?? [];
  return before + after === '' ? null : before + HERE + after;
}

/** The piece of a word that leads to a place: what stands further away says nothing of it. */
const nearest = (head: string): string => head.slice(head.search(/[^/:,@]*$/));

/** What comes next is a part of a host: after `scheme://` or `user@`. */
const inHost = (head: string): boolean => /:\/\/[^/]*$/.test(head) || /@[^/:]*$/.test(head);

/** The name of a place that a column is a part of: `app-#.example.com`. */
function around(head: string, next: Part | undefined): { before: string; after: string } {
  const [before = ''] = /[^/:,@=]*$/.exec(head) ?? [];
  const [after = ''] = (next && 'text' in next && /^[^/:,@=]*/.exec(next.text)) || [];
  return { before, after };
}

/** `node-01.example.com`: what comes next belongs to a host's name. */
const startsDomain = (head: string, next: Part | undefined): boolean =>
  !head.includes('/') && next !== undefined && 'text' in next && /^\.[a-z]/i.test(next.text);

export interface CanonicalColumn {
  column: number;
  /** The words before it. */
  context: string;
  /** It is the whole word or value. */
  alone: boolean;
  /** It says where the command acts. */
  where: boolean;
  /** What a value is known by in all commands of an environment: `app-2.example.com`, `kubectl --tail 50`. */
  keyOf(value: string): string;
}

export interface Canonical {
  /** The command in one spelling, its options sorted, the target taken out. */
  text: string;
  /** The same without what says in which environment it acts. */
  anywhere: string;
  /** What says it. */
  locals: string[];
  /** What kind of command it is: program, bare words, which options. */
  family: string;
  /** The sighting's columns in the order of `text`. */
  columns: CanonicalColumn[];
}

/**
 * Brings a command into one spelling, with a target replaced by a mark wherever it stands.
 * @param environments names of environments, beside the usual words for them
 */
export function canonical(
  shape: Shape,
  target: string | null,
  environments: readonly string[] = [],
): Canonical {
  const pattern = target === null ? null : occurrences(target);
  const clean = (text: string): string => (pattern ? text.replace(pattern, HERE) : text);
  const verbs = presentVerbs(shape.verbs).map(clean);
  const [program = ''] = verbs;
  const render = (word: ShapedWord, context: string, where: boolean) => {
    const columns: CanonicalColumn[] = [];
    let text = '';
    for (const [i, part] of word.entries()) {
      if ('text' in part) {
        text += clean(part.text);
        continue;
      }
      const next = word[i + 1];
      const isWhere = where || inHost(text) || startsDomain(text, next);
      const near = `${context} ${nearest(text)}`;
      const { before, after } = around(text, next);
      const known = isWhere ? '' : `${program} ${near} `;
      columns.push({
        column: part.column,
        context: near,
        alone: word.length === 1,
        where: isWhere,
        keyOf: (value) => known + before + value + after,
      });
      text += OPEN;
    }
    return { text, columns };
  };
  const operands = shape.items.flatMap((item) =>
    item.kind === 'operand' ? [render(item.word, '', false)] : [],
  );
  const options = shape.items.flatMap((item) => {
    if (item.kind !== 'option') return [];
    const value = item.value === null ? null : render(item.value, item.name, isPlace(item));
    return [
      { name: item.name, text: value?.text ?? null, columns: value?.columns ?? [], isPlace: isPlace(item) },
    ];
  });
  options.sort((a, b) => compare(a.name, b.name) || compare(a.text ?? '', b.text ?? ''));
  const spelled = options.map(({ name, text }) => (text === null ? name : `${name}=${text}`));
  const words = [...verbs, '\n', ...operands.map(({ text }) => text), '\n'];
  const locals = options.flatMap(({ text, isPlace: here }) => (text !== null && here ? [text] : []));
  const named = environmentWords(environments);
  const isLocal = (word: string): boolean => word.search(named) >= 0;
  const anywhere = [
    ...words.map((word) => word.replace(named, ELSEWHERE)),
    ...options.map(({ name, text, isPlace: here }) =>
      text === null ? name : `${name}=${here ? ELSEWHERE : text.replace(named, ELSEWHERE)}`,
    ),
  ];
  return {
    text: [...words, ...spelled].join(' '),
    anywhere: anywhere.join(' '),
    locals: [...new Set([...locals, ...words.filter(isLocal), ...spelled.filter(isLocal)])],
    family: [...verbs, '\n', operands.length, '\n', ...options.map(({ name }) => name)].join(' '),
    columns: [...operands, ...options].flatMap(({ columns }) => columns),
  };
}

const environmentWords = (environments: readonly string[]): RegExp =>
  new RegExp(
    `(?<![A-Za-z0-9])(?:${[...environments.map((name) => name.replace(/[^A-Za-z0-9]/g, '\\$&')), ENVIRONMENTS].join('|')})(?![A-Za-z0-9])`,
    'gi',
  );

const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);
