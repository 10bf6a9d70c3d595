import type { SimpleCommand } from '../command/simple-command.ts';
import type { CommandRow } from './command-row.ts';
import type { PatternRule, Shape } from './compiled-rule.ts';
import type { Place, RuleRows } from './rule-rows.ts';
import { shapeMatches } from './shape-matches.ts';

/** A search in an index: the command, its row, and what the caller says to each rule that is found. */
export interface Search<T> {
  command: SimpleCommand;
  row: CommandRow;
  accept: (entry: Entry<T>) => boolean;
}

/** One plain rule in an index. */
export class Entry<T> {
  private readonly rows: RuleRows;
  /** -1: the rule has no row, and is compared word by word. */
  private readonly start: number;
  private readonly end: number;
  readonly piped: boolean;
  readonly ref: T;
  readonly shape: Shape;
  /** The rule it belongs to. */
  readonly text: string;

  constructor(
    rule: PatternRule,
    shape: Shape,
    ref: T,
    { rows, place }: { rows: RuleRows; place: Place | null },
  ) {
    this.rows = rows;
    this.start = place?.start ?? -1;
    this.end = place?.end ?? -1;
    this.piped = rule.piped;
    this.ref = ref;
    this.shape = shape;
    this.text = rule.text;
  }

  search({ command, row, accept }: Search<T>): Entry<T> | undefined {
    return this.seemsToCover(command, row) && accept(this) ? this : undefined;
  }

  /** The full comparison, word by word, with the minimatch lock (R10). */
  covers(command: SimpleCommand): boolean {
    return shapeMatches(this, this.shape, command);
  }

  /** The same answer, from the quick form where there is one. */
  private seemsToCover(command: SimpleCommand, row: CommandRow): boolean {
    if (this.start < 0) return this.covers(command);
    return (this.piped || !command.readsPipe) && this.rows.matches(this.start, this.end, row);
  }
}
