import { saysWhere } from './options.ts';
import type { Part, Shape, ShapedWord } from './shape.ts';

const HERE = '\u0001';

/** Whole occurrences of a name: nothing that is a letter or digit stands beside it. */
export const occurrences = (name: string): RegExp =>
  new RegExp(`(?<![A-Za-z0-9])${name.replace(/[^A-Za-z0-9]/g, '\\$&')}(?![A-Za-z0-9])`, 'g');

/** Where a name stands in a command. */
export interface Place {
  /** Among the bare words after the program. */
  bare: boolean;
  /** It says where the command acts: a host, a namespace, a region. */
  where: boolean;
  /** It is a part of a longer name, as in `shop-api-prod`. */
  wrapped: boolean;
}

export function placesOf(shape: Shape, name: string): Place[] {
  const places: Place[] = [];
  const look = (text: string, before: string, bare: boolean, where: boolean) => {
    for (const found of text.matchAll(occurrences(name))) {
      const head = before + text.slice(0, found.index);
      const sides = text.charAt(found.index - 1) + text.charAt(found.index + name.length);
      places.push({ bare, where: where || inHost(head), wrapped: /[-_]/.test(sides) });
    }
  };
  for (const verb of shape.verbs) look(verb, '', true, false);
  for (const item of shape.items) {
    const word = item.kind === 'operand' ? item.word : (item.value ?? []);
    const where = item.kind === 'option' && saysWhere(item.name);
    let before = '';
    for (const part of word) {
      if ('text' in part) look(part.text, before, false, where);
      before += 'text' in part ? part.text : '0';
    }
  }
  return places;
}

/** The piece of a word that leads to a place: what stands further away says nothing of it. */
const nearest = (head: string): string => head.slice(head.search(/[^/:,@]*$/));

/** What comes next is a part of a host: after `scheme://` or `user@`. */
const inHost = (head: string): boolean => /:\/\/[^/]*$/.test(head) || /@[^/:]*$/.test(head);

/** `node-01.example.com`: what comes next belongs to a host's name. */
const startsDomain = (head: string, next: Part | undefined): boolean =>
  !head.includes('/') && next !== undefined && 'text' in next && /^\.[a-z]/i.test(next.text);

export interface Canonical {
  /** The command in one spelling, its options sorted, the target taken out. */
  text: string;
  /** What kind of command it is: program, bare words, which options. */
  family: string;
  /** The sighting's columns in the order of `text`. */
  columns: { column: number; context: string; alone: boolean; where: boolean }[];
}

/** Brings a command into one spelling, with a target replaced by a mark wherever it stands. */
export function canonical(shape: Shape, target: string | null): Canonical {
  const pattern = target === null ? null : occurrences(target);
  const clean = (text: string): string => (pattern ? text.replace(pattern, HERE) : text);
  const verbs = shape.verbs.map(clean);
  const render = (word: ShapedWord, context: string, where: boolean) => {
    const columns: Canonical['columns'] = [];
    let text = '';
    for (const [i, part] of word.entries()) {
      if ('text' in part) text += clean(part.text);
      else {
        const isHost = inHost(text) || startsDomain(text, word[i + 1]);
        const alone = word.length === 1;
        columns.push({
          column: part.column,
          context: `${context} ${nearest(text)}`,
          alone,
          where: where || isHost,
        });
        text += '\u0002';
      }
    }
    return { text, columns };
  };
  const operands = shape.items.flatMap((item) =>
    item.kind === 'operand' ? [render(item.word, '', false)] : [],
  );
  const options = shape.items.flatMap((item) => {
    if (item.kind !== 'option') return [];
    const value = item.value === null ? null : render(item.value, item.name, saysWhere(item.name));
    return [{ name: item.name, text: value?.text ?? null, columns: value?.columns ?? [] }];
  });
  options.sort((a, b) => compare(a.name, b.name) || compare(a.text ?? '', b.text ?? ''));
  const spelled = options.map(({ name, text }) => (text === null ? name : `${name}=${text}`));
  return {
    text: [...verbs, '\n', ...operands.map(({ text }) => text), '\n', ...spelled].join(' '),
    family: [...verbs, '\n', operands.length, '\n', ...options.map(({ name }) => name)].join(' '),
    columns: [...operands, ...options].flatMap(({ columns }) => columns),
  };
}

const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);
