import type { RuleBody } from '../../api/rules.ts';
import { oneLine } from '../../ask/words.ts';
import { readArguments, WrongUsage } from '../arguments.ts';
import { CONNECTION, CONNECTION_HELP, connectAsAdmin } from '../settings.ts';

/** A verb that changes rules and takes nothing but their ids. */
export const changesRules =
  (verb: 'keep' | 'resume' | 'undo', done: string, about: string) =>
  async (argv: string[]): Promise<number> => {
    const help = `gate rules ${verb} ID…\n\n${about}\n\n${CONNECTION_HELP}\n\nExample:\n  gate rules ${verb} rul_0123456789abcdef`;
    const given = readArguments(argv, { options: CONNECTION, help });
    if (!given) return 0;
    if (given.positionals.length === 0)
      throw new WrongUsage('name the rules', 'gate rules list shows their ids');
    const client = connectAsAdmin(given.values);
    for (const id of given.positionals) {
      const path = `/api/v1/rules/${encodeURIComponent(id)}/${verb}`;
      const { rule } = (await client.call('POST', path)) as RuleBody;
      process.stderr.write(`${done}: ${oneLine(rule)}\n`);
    }
    return 0;
  };
