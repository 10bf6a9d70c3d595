import type { Command } from '../command/command.ts';
import { parse } from '../command/parse.ts';
import type { CompiledRule } from '../rules/compiled-rule.ts';
import { coverageOf, covers } from '../rules/covers.ts';
import { RuleIndex } from '../rules/rule-index.ts';

/** Tells which of many rules cover a command by themselves. Each command is read once, however many rules there are. */
export class Covering<T extends { compiled: readonly CompiledRule[] }> {
  readonly #index = new RuleIndex<T>();

  constructor(all: Iterable<T>) {
    for (const each of all) for (const rule of each.compiled) this.#index.add(rule, each);
  }

  /** @param isAsked which of them are looked at */
  of(text: string, isAsked: (each: T) => boolean): T[] {
    const command: Command = { kind: 'shell', text };
    const parsed = parse(command);
    const found = new Set<T>();
    for (;;) {
      const coverage = coverageOf(
        this.#index.within((each) => !found.has(each) && isAsked(each)),
        command,
        parsed,
      );
      if (!coverage.covered) break;
      for (const each of coverage.rules) found.add(each);
    }
    // Several together may cover what none of them covers alone.
    return [...found].filter(({ compiled }) => covers(compiled, command).covered);
  }
}
