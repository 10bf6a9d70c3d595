import type { SimpleCommand } from '../command/simple-command.ts';
import type { PatternRule, Shape } from './compiled-rule.ts';
import { rowMatches } from './row.ts';
import { shapeMatches } from './shape-matches.ts';

/** What a place of the index holds: one plain rule, or a bucket of several. */
export interface Searchable<T> {
  /** The first reference whose rule covers the command and that is accepted. `units`: the command as one row. */
  search: (units: readonly string[], command: SimpleCommand, accept: (ref: T) => boolean) => T | undefined;
}

/** One plain rule in an index. */
export class Entry<T> implements Searchable<T> {
  /** Only for rules without assignments and redirections: at hand, so that a search touches little memory. */
  private readonly row: string | null;
  readonly piped: boolean;
  readonly ref: T;
  readonly shape: Shape;
  /** The rule it belongs to. */
  readonly text: string;

  constructor(rule: PatternRule, shape: Shape, ref: T) {
    const bare = shape.assignments.length + shape.redirections.length === 0;
    this.row = bare ? shape.row : null;
    this.piped = rule.piped;
    this.ref = ref;
    this.shape = shape;
    this.text = rule.text;
  }

  search(_: readonly string[], command: SimpleCommand, accept: (ref: T) => boolean): T | undefined {
    return this.covers(command) && accept(this.ref) ? this.ref : undefined;
  }

  /** The same answer as `shapeMatches`. */
  private covers(command: SimpleCommand): boolean {
    if (this.row === null || command.assignments.length + command.redirections.length > 0) {
      return shapeMatches(this, this.shape, command);
    }
    return (this.piped || !command.readsPipe) && rowMatches(this.row, command.words);
  }
}
