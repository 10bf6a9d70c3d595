import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { parse, parseAllDocuments, stringify } from 'yaml';

/** Renders a chart as `helm template` does, with what Gatehouse's chart uses of Go's templates; anything else throws. */
export function renderChart(directory: string, over: Record<string, unknown> = {}): Rendered[] {
  const read = (file: string) => readFileSync(path.join(directory, file), 'utf8');
  const chart = parse(read('Chart.yaml')) as { name: string; version: string; appVersion: string };
  const root = {
    Values: { ...(parse(read('values.yaml')) as object), ...over },
    Chart: { Name: chart.name, Version: chart.version, AppVersion: chart.appVersion },
    Release: { Name: 'gate', Namespace: 'tools', Service: 'Helm' },
  };
  const defined = new Map<string, Node[]>();
  new Writer(root, defined).write(parseTemplate(read('templates/_helpers.tpl'), defined));
  return readdirSync(path.join(directory, 'templates'))
    .filter((name) => /\.(yaml|txt)$/.test(name))
    .map((name) => {
      const text = new Writer(root, defined).write(parseTemplate(read(`templates/${name}`), defined));
      if (!name.endsWith('.yaml')) return { name, text, objects: [] };
      const documents = parseAllDocuments(text, { uniqueKeys: true });
      for (const { errors } of documents)
        if (errors.length > 0) throw new Error(`${name}: ${errors[0]?.message}`);
      return { name, text, objects: documents.map((one) => one.toJS()).filter(Boolean) as Kubernetes[] };
    });
}

export interface Kubernetes {
  kind: string;
  // biome-ignore lint/suspicious/noExplicitAny: the shapes of Kubernetes are not ours.
  [key: string]: any;
}
export interface Rendered {
  name: string;
  text: string;
  objects: Kubernetes[];
}

type Node =
  | { kind: 'text'; text: string }
  | { kind: 'print'; pipeline: string }
  | { kind: 'if' | 'with' | 'range'; pipeline: string; body: Node[] };

/** Text and actions; `{{-` and `-}}` take the blanks beside them. */
function parseTemplate(source: string, defined: Map<string, Node[]>): Node[] {
  const parts = source
    .replace(/\s*\{\{-/g, '{{')
    .replace(/-\}\}\s*/g, '}}')
    .split(/(\{\{[\s\S]*?\}\})/);
  const top: Node[] = [];
  const open: { nodes: Node[]; node: Node | null; name?: string }[] = [{ nodes: top, node: null }];
  const into = () => open.at(-1)?.nodes as Node[];
  for (const part of parts) {
    if (!part.startsWith('{{')) {
      if (part) into().push({ kind: 'text', text: part });
      continue;
    }
    const action = part.slice(2, -2).trim();
    const [, word = '', rest = ''] = /^(\w+)\s*([\s\S]*)$/.exec(action) ?? [];
    if (action.startsWith('/*')) continue;
    if (word === 'end') {
      const closed = open.pop();
      if (open.length === 0) throw new Error('an end too many');
      if (closed?.name) defined.set(closed.name, closed.nodes);
      else into().push(closed?.node as Node);
    } else if (word === 'define') open.push({ nodes: [], node: null, name: JSON.parse(rest) as string });
    else if (word === 'if' || word === 'with' || word === 'range') {
      const body: Node[] = [];
      open.push({ nodes: body, node: { kind: word, pipeline: rest, body } });
    } else into().push({ kind: 'print', pipeline: action });
  }
  if (open.length !== 1) throw new Error('an end is missing');
  return top;
}

const isTrue = (value: unknown): boolean =>
  Array.isArray(value)
    ? value.length > 0
    : value && typeof value === 'object'
      ? Object.keys(value).length > 0
      : Boolean(value);
const indented = (count: number, text: string): string => `\n${text.replace(/^(?=.)/gm, ' '.repeat(count))}`;

/** Functions, by Helm's names. The value of a pipe comes last. */
// biome-ignore lint/suspicious/noExplicitAny: a template's values are anything.
const FUNCTIONS: Record<string, (...args: any[]) => unknown> = {
  toYaml: (value) => stringify(value, { lineWidth: 0 }).trimEnd(),
  nindent: (count, text) => indented(count, text),
  quote: (value) => JSON.stringify(String(value)),
  default: (fallback, value) => (isTrue(value) ? value : fallback),
  required: (message, value) => {
    if (!isTrue(value)) throw new Error(message);
    return value;
  },
  trunc: (length, text) => text.slice(0, length),
  trimSuffix: (suffix, text) => (text.endsWith(suffix) ? text.slice(0, -suffix.length) : text),
  printf: (format: string, ...values) => format.replace(/%s/g, () => String(values.shift())),
  sha256sum: (text) => createHash('sha256').update(text).digest('hex'),
  add: (...numbers) => numbers.reduce((sum, number) => sum + number, 0),
  int: (value) => Math.trunc(Number(value)),
  gt: (a, b) => a > b,
  and: (...values) => values.find((value) => !isTrue(value)) ?? values.at(-1),
};

class Writer {
  readonly root: object;
  readonly defined: Map<string, Node[]>;
  constructor(root: object, defined: Map<string, Node[]>) {
    this.root = root;
    this.defined = defined;
  }

  write(nodes: Node[], dot: unknown = this.root, variables: Record<string, unknown> = {}): string {
    const inside = (body: Node[], value: unknown, more = {}) =>
      this.write(body, value, { ...variables, ...more });
    return nodes
      .map((node) => {
        if (node.kind === 'text') return node.text;
        const [, names, pipeline = ''] =
          /^(?:(\$\w+(?:,\s*\$\w+)?)\s*:=\s*)?([\s\S]+)$/.exec(node.pipeline) ?? [];
        const value = this.pipe(pipeline, dot, variables);
        if (node.kind === 'print') return String(value);
        if (node.kind === 'range') {
          const [key = '', item = ''] = (names ?? '').split(/,\s*/);
          return Object.entries((value as object) ?? {})
            .map(([name, each]) => inside(node.body, each, { [key]: name, [item]: each }))
            .join('');
        }
        if (!isTrue(value)) return '';
        return inside(node.body, node.kind === 'with' ? value : dot);
      })
      .join('');
  }

  pipe(pipeline: string, dot: unknown, variables: Record<string, unknown>): unknown {
    let value: unknown;
    for (const [index, stage] of pipeline.split(/\s\|\s/).entries()) {
      const [first = '', ...rest] =
        stage.trim().match(/"(?:[^"\\]|\\.)*"|\((?:[^()]|\([^()]*\))*\)|[^\s()]+/g) ?? [];
      const called = first === 'include' ? this.include : FUNCTIONS[first];
      if (!called && (rest.length > 0 || index > 0))
        throw new Error(`${first} is no function that is known here`);
      const args = called ? rest.map((word) => this.term(word, dot, variables)) : [];
      // The value of a pipe comes last.
      if (index > 0) args.push(value);
      value = called ? called(...args) : this.term(first, dot, variables);
    }
    return value;
  }

  include = (name: unknown, about: unknown): string => {
    const body = this.defined.get(String(name));
    if (!body) throw new Error(`nothing is defined as ${name}`);
    return this.write(body, about);
  };

  term(word: string, dot: unknown, variables: Record<string, unknown>): unknown {
    if (word.startsWith('(')) return this.pipe(word.slice(1, -1), dot, variables);
    if (word.startsWith('"')) return JSON.parse(word);
    if (/^-?\d+$/.test(word)) return Number(word);
    const [start = '', ...names] = word.split('.');
    if (!(start === '' || start === '$' || start in variables)) throw new Error(`${word} is not known here`);
    const from = start === '' ? dot : start === '$' ? this.root : variables[start];
    return names.filter(Boolean).reduce<unknown>((value, name) => {
      // A slip of the pen is an empty value to Helm; here it is an error.
      if (value === null || typeof value !== 'object' || !(name in value))
        throw new Error(`${word}: there is no ${name}`);
      return (value as Record<string, unknown>)[name];
    }, from);
  }
}
