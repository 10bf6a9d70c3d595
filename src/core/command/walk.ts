import type { Command as CommandNode, Pipeline, Redirection, SyntaxNode, Word } from 'unbash';
import { forEachChild, parse } from 'unbash';
import type { Command } from './command.ts';
import { isShell, programOf, unwrap } from './unwrap.ts';

export interface Span {
  start: number;
  end: number;
}

/** A word as the shell would read it, as far as the text tells. */
export interface WalkedWord {
  /** Quotes and escapes removed; expansions are left as they are written. */
  value: string;
  /** A variable, substitution or arithmetic decides its value when it runs. */
  dynamic: boolean;
  /** An unquoted `*`, `?`, `[` or `{a,b}` decides it. */
  glob: boolean;
  span: Span;
}

export interface WalkedRedirection {
  operator: string;
  descriptor: number | null;
  target: WalkedWord | null;
  /** The text of a heredoc or here-string. */
  body: string | null;
}

/** One simple command, at any depth of the text. */
export interface SimpleCommand {
  /** The command name as decoded; empty when there are assignments or redirections only. */
  name: string;
  /** The last path component of the name. */
  program: string;
  /** All words, the name first. */
  words: WalkedWord[];
  assignments: { name: string; value: WalkedWord }[];
  redirections: WalkedRedirection[];
  /** The programs it stands inside of, outermost first: `['sudo', 'timeout']`. */
  wrappers: string[];
  /** It only runs other commands, which follow in the list. */
  isWrapper: boolean;
  /** The command in the same list that holds it in a substitution, wrapper or text. */
  parent: number | null;
  via: 'script' | 'substitution' | 'wrapper' | 'text' | 'input';
  depth: number;
  /** Number of its pipeline, unique in the list, and its place in it from 0. */
  pipeline: number;
  stageOfPipe: number;
  /** The program of the next stage, `null` at the end. */
  pipesInto: string | null;
  /** What it reads on standard input, where the text tells (heredoc, here-string, `echo … |`). */
  input: string | null;
  /** Place in the outermost text, in UTF-16 units. */
  span: Span;
}

export interface Walked {
  commands: SimpleCommand[];
  /** Why parts could not be analysed; empty when all was. */
  faults: string[];
}

const MAX_TEXT = 16 * 1024;
const MAX_COMMANDS = 256;
const MAX_DEPTH = 8;
const MAX_WORDS = 2048;

interface Place {
  depth: number;
  parent: number | null;
  via: SimpleCommand['via'];
  wrappers: string[];
  pipeline: number;
  stageOfPipe: number;
  pipesInto: string | null;
  input: string | null;
  /** Set inside decoded text, whose positions are not those of the outermost text. */
  fixed: Span | null;
}

const EXPANSIONS = new Set([
  'SimpleExpansion',
  'ParameterExpansion',
  'CommandExpansion',
  'ArithmeticExpansion',
  'ProcessSubstitution',
]);
const GLOBS = new Set(['Glob', 'ExtendedGlob', 'BraceExpansion']);

class Walk {
  readonly commands: SimpleCommand[] = [];
  readonly faults = new Set<string>();
  #pipelines = 0;

  text(source: string, place: Place): void {
    if (place.depth > MAX_DEPTH) {
      this.faults.add('nested too deeply');
      return;
    }
    const bounded = source.length > MAX_TEXT ? source.slice(0, MAX_TEXT) : source;
    if (bounded !== source) this.faults.add('longer than 16 KiB');
    try {
      const script = parse(bounded);
      if (script.errors?.length) this.faults.add(script.errors[0]!.message);
      this.node(script, place);
      if (script.errors?.length) this.guess(bounded, place);
    } catch (error) {
      this.faults.add(error instanceof Error ? error.message : 'the parser failed');
      this.guess(bounded, place);
    }
  }

  /** What a parser with faults may have dropped: cut at operators, without regard to quotes. Adds, never replaces. */
  guess(source: string, place: Place): void {
    for (const { 0: piece, index } of source.matchAll(/[^\n;|&(){}`]+/g)) {
      const values = piece
        .replace(/["'\\]/g, '')
        .split(/\s+/)
        .filter((value) => value !== '');
      const span = place.fixed ?? { start: index, end: index + piece.length };
      const words = values.map((value) => ({
        value,
        dynamic: value.includes('$'),
        glob: /[*?[]/.test(value),
        span,
      }));
      if (words.length > 0) this.emit({ words, assignments: [], redirections: [], span }, { ...place });
    }
  }

  node(node: SyntaxNode, place: Place): void {
    if (node.type === 'Pipeline') this.pipeline(node, place);
    else if (node.type === 'Command') this.command(node, place);
    else forEachChild(node, (child) => this.node(child, place));
  }

  pipeline(node: Pipeline, place: Place): void {
    const pipeline = ++this.#pipelines;
    let input = place.input;
    node.commands.forEach((stage, i) => {
      const next = node.commands[i + 1];
      const pipesInto =
        next?.type === 'Command' ? innermost(next.name, next) : next ? '(compound)' : place.pipesInto;
      const before = this.commands.length;
      this.node(stage, { ...place, pipeline, stageOfPipe: i, pipesInto, input });
      input = producedText(this.commands[before]);
    });
  }

  command(node: CommandNode, place: Place): void {
    const span = place.fixed ?? { start: node.pos, end: node.end };
    const words: WalkedWord[] = [];
    for (const word of [node.name, ...node.args]) {
      if (words.length >= MAX_WORDS) this.faults.add('too many words');
      else if (word?.type === 'Word') words.push(...braces(this.word(word, place)));
      else if (word) words.push({ ...this.piece(word, place), value: unquoted(word.text) });
    }
    const assignments = node.prefix
      .filter((part) => part.type === 'Assignment')
      .map((part) => ({
        name: part.name,
        value:
          part.value.type === 'Word'
            ? this.word(part.value, place)
            : { ...this.piece(part, place), value: part.text },
      }));
    const redirections = node.redirects.map((redirect) => this.redirection(redirect, place));
    const body = redirections.findLast((redirect) => redirect.body !== null)?.body;
    const index = this.emit(
      { words, assignments, redirections, span },
      { ...place, input: body ?? place.input },
    );
    if (index === null) return;
    const inside: Place = {
      ...place,
      depth: place.depth + 1,
      parent: index,
      via: 'substitution',
      wrappers: [],
      pipeline: ++this.#pipelines,
      stageOfPipe: 0,
      pipesInto: null,
      input: null,
    };
    forEachChild(node, (child) => this.substitutions(child, inside));
  }

  /** Scripts inside words: `$( )`, backticks, `<( )`, and the same inside heredocs. */
  substitutions(node: SyntaxNode, place: Place): void {
    if (node.type !== 'Script') {
      forEachChild(node, (child) => this.substitutions(child, place));
      return;
    }
    if (node.errors?.length) this.faults.add(node.errors[0]!.message);
    if (place.depth > MAX_DEPTH) this.faults.add('nested too deeply');
    else
      this.node(
        node,
        node.source === undefined ? place : { ...place, fixed: place.fixed ?? { start: 0, end: 0 } },
      );
  }

  piece(node: SyntaxNode, place: Place): Omit<WalkedWord, 'value'> {
    const types = new Set<string>();
    const collect = (part: SyntaxNode): void => {
      types.add(part.type);
      if (part.type !== 'Script') forEachChild(part, collect);
    };
    collect(node);
    return {
      dynamic: [...types].some((type) => EXPANSIONS.has(type)),
      glob: [...types].some((type) => GLOBS.has(type)),
      span: place.fixed ?? { start: node.pos, end: node.end },
    };
  }

  word(word: Word, place: Place): WalkedWord {
    return { ...this.piece(word, place), value: word.value };
  }

  redirection(redirect: Redirection, place: Place): WalkedRedirection {
    const descriptor = redirect.descriptor?.type === 'FileDescriptor' ? redirect.descriptor.value : null;
    if (redirect.type === 'HereDoc')
      return { operator: redirect.operator, descriptor, target: null, body: redirect.body.text };
    const target = redirect.target ? this.word(redirect.target, place) : null;
    return {
      operator: redirect.operator,
      descriptor,
      target,
      body: redirect.type === 'HereString' ? (target?.value ?? '') : null,
    };
  }

  /** Adds a command and everything it wraps; returns its place in the list, `null` when the list is full. */
  emit(
    found: Pick<SimpleCommand, 'words' | 'assignments' | 'redirections' | 'span'>,
    place: Place,
  ): number | null {
    if (this.commands.length >= MAX_COMMANDS) {
      this.faults.add('too many commands');
      return null;
    }
    const name = found.words[0]?.value ?? '';
    const values = found.words.map((word) => word.value);
    const inner = unwrap(values);
    const { depth, parent, via, wrappers, pipeline, stageOfPipe, pipesInto, input } = place;
    const command: SimpleCommand = {
      ...found,
      name,
      program: programOf(name),
      wrappers,
      isWrapper: inner.length > 0,
      parent,
      via,
      depth,
      pipeline,
      stageOfPipe,
      pipesInto,
      input,
    };
    const index = this.commands.push(command) - 1;
    const below = { ...place, depth: depth + 1, parent: index, wrappers: [...wrappers, command.program] };
    if (below.depth > MAX_DEPTH && inner.length > 0) this.faults.add('nested too deeply');
    else for (const one of inner) this.inner(one, command, below);
    if (input !== null && readsScript(values)) {
      this.text(input, { ...below, via: 'input', input: null, fixed: place.fixed ?? found.span });
    }
    return index;
  }

  inner(inner: ReturnType<typeof unwrap>[number], outer: SimpleCommand, place: Place): void {
    if (inner.kind === 'text') {
      const at = outer.words[inner.word]?.span ?? outer.span;
      this.text(inner.text, { ...place, via: 'text', fixed: { start: at.start, end: outer.span.end } });
      return;
    }
    const words = outer.words.slice(inner.from, inner.to);
    const span = {
      start: words[0]?.span.start ?? outer.span.start,
      end: words.at(-1)?.span.end ?? outer.span.end,
    };
    const assignments = outer.words
      .slice(1, inner.from)
      .filter((word) => /^[A-Za-z_]\w*=/.test(word.value))
      .map((word) => {
        const equals = word.value.indexOf('=');
        return { name: word.value.slice(0, equals), value: { ...word, value: word.value.slice(equals + 1) } };
      });
    const all = [...outer.assignments, ...assignments];
    this.emit({ words, assignments: all, redirections: [], span }, { ...place, via: 'wrapper' });
  }
}

const unquoted = (text: string): string => text.replace(/["']/g, '');

/** `{a,b}` makes several words. Only the plain form, at most 32: the rest stays one word with `glob` set. */
function braces(word: WalkedWord): WalkedWord[] {
  const match = word.glob && /^([^{}$`]*)\{([^{}$`]*,[^{}$`]*)\}([^{}$`]*)$/.exec(word.value);
  if (!match) return [word];
  const items = match[2]!.split(',').slice(0, 32);
  return items.map((item) => ({
    ...word,
    glob: /[*?[]/.test(word.value),
    value: `${match[1]}${item}${match[3]}`,
  }));
}

function innermost(name: Word | undefined, node: CommandNode): string {
  const values = [name, ...node.args].flatMap((word) => (word?.type === 'Word' ? [word.value] : []));
  const inner = unwrap(values)[0];
  return inner?.kind === 'words' ? programOf(values[inner.from] ?? '') : programOf(values[0] ?? '');
}

/** What a stage writes into the next one, when it only prints literal text. */
function producedText(command: SimpleCommand | undefined): string | null {
  if (!command) return null;
  if (command.program === 'cat' || command.program === 'tee') return command.input;
  if (command.program !== 'echo' && command.program !== 'printf') return null;
  return command.words
    .slice(1)
    .map((word) => word.value)
    .filter((value) => !/^-[neE]+$/.test(value))
    .join(' ');
}

/** A shell without a script of its own, and `ssh host` without a command, run what they read. */
function readsScript(values: readonly string[]): boolean {
  const program = programOf(values[0] ?? '');
  const operands = values.slice(1).filter((value) => !value.startsWith('-'));
  if (isShell(program)) {
    const flags = values.filter((value) => /^-[A-Za-z]+$/.test(value)).join('');
    return !flags.includes('c') && (operands.length === 0 || flags.includes('s'));
  }
  return program === 'ssh' && unwrap(values).length === 0;
}

/**
 * Every simple command of a command, at any depth: through lists, pipelines, groups, loops, functions, substitutions,
 * heredocs and echoes into shells, `bash -c`, `eval` and wrappers. Tolerant: what cannot be analysed is named in
 * `faults`, and the rest is still returned. Never throws. Bounds: 16 KiB of text, 256 commands, depth 8.
 */
export function walk(command: Command): Walked {
  const known = WALKED.get(command);
  if (known) return known;
  const walked = walkAnew(command);
  WALKED.set(command, walked);
  return walked;
}

/** Family, risk and policies look at the same command one after the other. */
const WALKED = new WeakMap<Command, Walked>();

function walkAnew(command: Command): Walked {
  const walk = new Walk();
  const top: Place = {
    depth: 0,
    parent: null,
    via: 'script',
    wrappers: [],
    pipeline: 0,
    stageOfPipe: 0,
    pipesInto: null,
    input: null,
    fixed: null,
  };
  if (command.kind === 'shell') walk.text(command.text, top);
  if (command.kind === 'argv') {
    const words: WalkedWord[] = [];
    let start = 0;
    for (const value of command.argv.slice(0, MAX_WORDS)) {
      words.push({ value, dynamic: false, glob: false, span: { start, end: start + value.length } });
      start += value.length + 1;
    }
    if (command.argv.length > MAX_WORDS) walk.faults.add('too many words');
    if (words.length > 0)
      walk.emit({ words, assignments: [], redirections: [], span: { start: 0, end: start - 1 } }, top);
  }
  return { commands: walk.commands, faults: [...walk.faults] };
}
