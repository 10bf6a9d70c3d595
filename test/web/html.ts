/** An element of a page, with everything inside it. */
export interface Element {
  tag: string;
  attributes: Record<string, string>;
  text: string;
  inside: Element[];
}
export interface Page {
  /** What a person reads. */
  text: string;
  elements: Element[];
}

const EMPTY = new Set(['area', 'base', 'br', 'col', 'embed', 'hr', 'img', 'input', 'link', 'meta', 'source']);
const TOKEN =
  /<!doctype html>|<!--[\s\S]*?-->|<(\/?)([a-z][a-z0-9-]*)((?:\s+[^\s"'<>/=]+(?:="[^"]*")?)*)\s*(\/?)>|([^<]+)|(<)/gi;

/** Reads a page strictly: what is not well-formed, or not closed where it was opened, is a fault of ours. */
export function readPage(html: string): Page {
  const root: Element = { tag: '', attributes: {}, text: '', inside: [] };
  const open: Element[] = [root];
  const all: Element[] = [];
  for (const [whole, closes, name, attributes, selfCloses, text, stray] of html.matchAll(TOKEN)) {
    if (stray) throw new Error(`a stray < in the page: ${html.slice(0, 80)}`);
    if (text !== undefined) for (const element of open) element.text += decoded(text);
    if (!name) continue;
    const tag = name.toLowerCase();
    if (closes) {
      const last = open.pop();
      if (last?.tag !== tag) throw new Error(`</${tag}> closes <${last?.tag}>`);
      continue;
    }
    const element: Element = { tag, attributes: attributesIn(attributes ?? '', whole), text: '', inside: [] };
    for (const outer of open) outer.inside.push(element);
    all.push(element);
    if (!selfCloses && !EMPTY.has(tag)) open.push(element);
  }
  if (open.length > 1) throw new Error(`<${open.at(-1)?.tag}> is not closed`);
  return { text: root.text, elements: all };
}

export const elementsOf = (html: string, tag: string): Element[] =>
  readPage(html).elements.filter((element) => element.tag === tag);

function attributesIn(text: string, whole: string): Record<string, string> {
  const found: Record<string, string> = {};
  for (const [, name = '', value] of text.matchAll(/([^\s"'<>/=]+)(?:="([^"]*)")?/g)) {
    if (name in found) throw new Error(`${name} stands twice in ${whole}`);
    found[name] = decoded(value ?? '');
  }
  return found;
}

const NAMED: Record<string, string> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'", nbsp: ' ' };

const decoded = (text: string): string =>
  text.replace(/&(#x?[0-9a-f]+|[a-z]+);/gi, (whole, name: string) => {
    if (name.startsWith('#x')) return String.fromCodePoint(Number.parseInt(name.slice(2), 16));
    if (name.startsWith('#')) return String.fromCodePoint(Number(name.slice(1)));
    const character = NAMED[name];
    if (character === undefined) throw new Error(`an unknown ${whole}`);
    return character;
  });
