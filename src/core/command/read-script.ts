import type {
  AndOr,
  Assignment as AssignmentNode,
  Command as CommandNode,
  ParsedScript,
  Word as WordNode,
} from 'unbash';
import type { Fault } from './admissible.ts';
import { type Gap, isGap } from './gaps.ts';
import { readRedirection } from './redirection.ts';
import type { Assignment, SimpleCommand } from './simple-command.ts';
import { readWord, type Word } from './word.ts';

/** The most simple commands, and the most words in one, that are read (S3). */
export const MOST_COMMANDS = 16;
export const MOST_WORDS = 128;

/** A script of simple commands only, or why it is not one. `dynamic`: some word's value is not known yet. */
export type ReadScript = { commands: SimpleCommand[]; dynamic: boolean } | Fault;

type Operator = SimpleCommand['operator'];

/** S3, S4: walks the parser's tree by an allowlist of nodes and accounts for every byte of the text. */
export function readScript(script: ParsedScript, text: string): ReadScript {
  const error = script.errors?.[0];
  if (error) return { why: `it does not parse: ${error.message}`, place: error.pos };
  if (script.shebang !== undefined) return { why: 'it begins with `#!`', place: 0 };
  const reader = new ScriptReader(text);
  for (const statement of script.commands) {
    if (statement.type !== 'Statement') return notSimple(statement);
    if (statement.background)
      return { why: 'it puts a command in the background (`&`)', place: statement.end - 1 };
    const fault = reader.list(statement.command, ';');
    if (fault) return fault;
  }
  return reader.finish();
}

/** Keeps its place in the text, so that no byte between two nodes goes unseen. */
class ScriptReader {
  readonly commands: SimpleCommand[] = [];
  private cursor = 0;
  private dynamic = false;
  private readonly text: string;

  constructor(text: string) {
    this.text = text;
  }

  finish(): ReadScript {
    if (this.commands.length === 0) return { why: 'it holds no command' };
    return this.step('end', this.text.length) ?? { commands: this.commands, dynamic: this.dynamic };
  }

  list(node: AndOr | AndOr['commands'][number], before: Operator): Fault | null {
    if (node.type !== 'AndOr') return this.pipeline(node, before);
    if (node.operators.length !== node.commands.length - 1) return notSimple(node);
    for (const [i, part] of node.commands.entries()) {
      const operator = i === 0 ? before : (node.operators[i - 1] ?? null);
      if (i > 0 && operator !== '&&' && operator !== '||') return notSimple(node);
      const fault = this.pipeline(part, operator);
      if (fault) return fault;
    }
    return null;
  }

  private pipeline(node: AndOr['commands'][number], before: Operator): Fault | null {
    if (node.type !== 'Pipeline') return this.command(node, before);
    if (node.prefixes.length > 0) return { why: 'it begins with `!` or `time`', place: node.pos };
    if (node.operators.length !== node.commands.length - 1) return notSimple(node);
    for (const [i, part] of node.commands.entries()) {
      if (i > 0 && node.operators[i - 1] !== '|') return { why: '`|&` also pipes stderr', place: node.pos };
      const fault = this.command(part, i === 0 ? before : '|');
      if (fault) return fault;
    }
    return null;
  }

  private command(node: AndOr['commands'][number], before: Operator): Fault | null {
    if (node.type !== 'Command') return notSimple(node);
    if (!node.name) return { why: 'it has no program, only an assignment or a redirection', place: node.pos };
    if (this.commands.length >= MOST_COMMANDS) {
      return { why: `it has more than ${MOST_COMMANDS} commands`, place: node.pos };
    }
    const operator = this.commands.length === 0 ? null : before;
    const gap = this.step(operator ?? 'start', node.pos);
    if (gap) return gap;
    const command: SimpleCommand = {
      operator,
      readsPipe: operator === '|',
      assignments: [],
      words: [],
      redirections: [],
      span: { start: node.pos, end: node.end },
    };
    this.commands.push(command);
    const fault = this.parts(node, command);
    if (fault) return fault;
    return this.step('inside a command', node.end);
  }

  private parts(node: CommandNode, into: SimpleCommand): Fault | null {
    let afterWord = false;
    for (const part of [...node.prefix, ...(node.name ? [node.name] : []), ...node.suffix]) {
      const isWord = part.type === 'Word' || part.type === 'Assignment';
      const gap = this.step(isWord && afterWord ? 'between words' : 'inside a command', part.pos);
      if (gap) return gap;
      const fault = this.part(part, into);
      if (fault) return fault;
      this.cursor = part.end;
      afterWord = isWord;
    }
    return into.words.length > MOST_WORDS
      ? { why: `it has more than ${MOST_WORDS} words`, place: node.pos }
      : null;
  }

  private part(node: CommandNode['prefix'][number] | WordNode, into: SimpleCommand): Fault | null {
    if (node.type === 'Word') return put(this.word(node), into.words);
    if (node.type === 'Assignment') {
      return into.words.length > 0
        ? put(this.declared(node), into.words)
        : put(this.assignment(node), into.assignments);
    }
    return put(
      readRedirection(node, this.text, (target) => this.word(target)),
      into.redirections,
    );
  }

  private assignment(node: AssignmentNode): Assignment | Fault {
    const { name, value, append, index, text, pos: place } = node;
    if (append || index || value.type !== 'Word' || `${name}=${value.text}` !== text) {
      return { why: 'an assignment is more than `NAME=value`', place };
    }
    if (text !== this.text.slice(node.pos, node.end) || !/^[A-Za-z_][A-Za-z0-9_]*$/.test(name)) {
      return { why: 'an assignment is written in an unusual way', place };
    }
    const read = this.word(value, '=');
    return 'static' in read ? { name, value: read, span: { start: node.pos, end: node.end } } : read;
  }

  /** `export A=b`: an argument that the parser knows to be an assignment is still one word. */
  private declared(node: AssignmentNode): Word | Fault {
    const { name, value, append, index } = node;
    const known = value.type === 'Word' && !index ? `${name}${append ? '+=' : '='}${value.value}` : null;
    return this.read(node, known, '');
  }

  private word(node: WordNode, previous = ''): Word | Fault {
    return this.read(node, node.value, previous);
  }

  /** Reads a word a second time; both decoders must find the same value (S5). */
  private read(node: WordNode | AssignmentNode, value: string | null, previous: string): Word | Fault {
    const raw = this.text.slice(node.pos, node.end);
    if (raw !== node.text) return { why: 'the parser lost its place', place: node.pos };
    // bash joins the lines first, so that `1\` LF `>f` is `1>f`; the parser sees the word `1`.
    if (raw.endsWith('\\\n') && /[<>]/.test(this.text.charAt(node.end))) {
      return { why: 'a line is continued right before a redirection', place: node.pos };
    }
    const span = { start: node.pos, end: node.end };
    const reading = readWord(raw, previous);
    if ('why' in reading) {
      this.dynamic = true;
      return { static: false, raw, span, why: reading.why };
    }
    if (reading.value !== value) return { why: 'two readers disagree about a word', place: node.pos };
    return { static: true, value, raw, span };
  }

  /** Moves on to `end`, if only what may stand there is skipped. */
  private step(gap: Gap, end: number): Fault | null {
    if (end < this.cursor || !isGap(gap, this.text.slice(this.cursor, end))) {
      return {
        why: 'it holds something that is not part of a command, such as a comment',
        place: this.cursor,
      };
    }
    this.cursor = end;
    return null;
  }
}

function put<T extends object>(read: T | Fault, list: T[]): Fault | null {
  if ('why' in read && !('static' in read)) return read;
  list.push(read as T);
  return null;
}

const NAMES: Record<string, string> = {
  Subshell: 'a subshell `( )`',
  BraceGroup: 'a group `{ }`',
  TestCommand: 'a test `[[ ]]`',
  ArithmeticCommand: 'arithmetic `(( ))`',
  Function: 'a function definition',
  Coproc: 'a coprocess',
  If: '`if`',
  For: 'a `for` loop',
  ArithmeticFor: 'a `for` loop',
  While: 'a `while` or `until` loop',
  Select: '`select`',
  Case: '`case`',
  Redirected: 'a redirected group',
};

const notSimple = (node: { type: string; pos: number }): Fault => ({
  why: `it holds ${NAMES[node.type] ?? 'more than simple commands'}`,
  place: node.pos,
});
