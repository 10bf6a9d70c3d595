import { takesAnyOrder } from './options.ts';
import type { Option, Shape, ShapedWord } from './shape.ts';

const MOST_ORDERED = 4;
/** Of one kind of command; what was seen comes first. */
const MOST_SPELLINGS = 24;

/** How an option and its value were written: `-n web`, `--namespace=web`. */
interface Style {
  name: string;
  joined: boolean;
}

/** The styles that people use, by program and option. */
export type Styles = ReadonlyMap<string, readonly Style[]>;

/** Collects how options are written in one environment and project. */
export function stylesOf(shapes: readonly Shape[]): Styles {
  const styles = new Map<string, Style[]>();
  for (const shape of shapes) {
    for (const option of optionsOf(shape)) {
      const style = styleOf(option);
      if (!style) continue;
      const key = keyOf(shape, option);
      const known = styles.get(key) ?? [];
      if (!known.some(({ name, joined }) => name === style.name && joined === style.joined))
        styles.set(key, [...known, style]);
    }
  }
  return styles;
}

/**
 * The spellings of a command that mean the same: as it was seen first; then, for programs that are known not to care,
 * with its options in the styles that people use there, and in other orders.
 */
export function spellingsOf(shape: Shape, styles: Styles): Shape[] {
  if (!takesAnyOrder(shape.verbs)) return [shape];
  const styled = [shape, ...inStyles(shape, styles)];
  const all = [...styled, ...styled.flatMap(ordersOf)];
  return [...new Map(all.map((each) => [JSON.stringify(each), each])).values()].slice(0, MOST_SPELLINGS);
}

const optionsOf = ({ items }: Shape) => items.filter((item) => item.kind === 'option');
const keyOf = ({ verbs }: Shape, { name }: Option): string => `${verbs[0]} ${name}`;

/** null: no value, or none of its own. */
function styleOf({ words, value }: Option): Style | null {
  const first = words[0]?.[0];
  if (value === null || !first || !('text' in first)) return null;
  const joined = words.length === 1;
  return { name: joined ? first.text.slice(0, first.text.indexOf('=')) : first.text, joined };
}

function inStyles(shape: Shape, styles: Styles): Shape[] {
  let ways: Shape['items'][] = [[]];
  for (const item of shape.items) {
    const others = item.kind === 'option' ? (styles.get(keyOf(shape, item)) ?? []) : [];
    const written =
      item.kind === 'option' && styleOf(item) && others.length > 0
        ? others.map((style) => ({ ...item, words: write(style, item.value ?? []) }))
        : [item];
    ways = ways.flatMap((way) => written.map((each) => [...way, each])).slice(0, MOST_SPELLINGS);
  }
  return ways.map((items) => ({ ...shape, items }));
}

function write({ name, joined }: Style, value: ShapedWord): ShapedWord[] {
  if (!joined) return [[{ text: name }], value];
  const [first, ...rest] = value;
  const begin = `${name}=`;
  return first && 'text' in first ? [[{ text: begin + first.text }, ...rest]] : [[{ text: begin }, ...value]];
}

/** Other orders of the options at the end; options of one name stay in theirs. */
function ordersOf(shape: Shape): Shape[] {
  let from = shape.items.length;
  while (from > 0 && shape.items[from - 1]?.kind === 'option') from -= 1;
  const options = shape.items.slice(from) as ({ kind: 'option' } & Option)[];
  if (options.length < 2 || options.length > MOST_ORDERED) return [];
  const isInOrder = (order: typeof options): boolean =>
    order.every(({ name }, i) => {
      const next = order.slice(i + 1).find((other) => other.name === name);
      return !next || options.indexOf(order[i] as (typeof options)[0]) < options.indexOf(next);
    });
  return permutations(options)
    .filter(isInOrder)
    .map((order) => ({ ...shape, items: [...shape.items.slice(0, from), ...order] }));
}

function permutations<T>(list: T[]): T[][] {
  if (list.length < 2) return [list];
  return list.flatMap((item, i) => permutations(list.toSpliced(i, 1)).map((rest) => [item, ...rest]));
}
