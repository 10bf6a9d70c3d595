import type { WordPattern } from './word-pattern.ts';

/** R1: covers a command whose text is the same, unit for unit. */
export interface ExactRule {
  kind: 'exact';
  /** As the rule was written, `= ` included. */
  text: string;
  command: string;
}

/** R2 to R8: covers simple commands whose words match. */
export interface PatternRule {
  kind: 'pattern';
  text: string;
  /** R6: begins with `| `, so it covers a command that reads a pipe, too. */
  piped: boolean;
  /** The plain rules it stands for: one, or one for each way to make its choices. */
  shapes: Shape[];
}

export type CompiledRule = ExactRule | PatternRule;

/** One plain rule: what a simple command must look like. */
export interface Shape {
  assignments: { name: string; value: WordPattern }[];
  words: WordPattern[];
  /** R4: ends in `**`, which takes any number of further plain relative paths. */
  rest: boolean;
  redirections: { fd: number | 'both'; operator: '>' | '>>' | '<'; target: WordPattern }[];
}
