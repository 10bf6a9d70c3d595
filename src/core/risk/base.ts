import type { SimpleCommand } from '../command/walk.ts';
import { databaseSession } from './database-session.ts';
import { interpreter } from './interpreter.ts';
import { namedScript } from './named-script.ts';
import { type Base, base, part } from './part.ts';
import type { Call, Table } from './row.ts';
import { judgeName } from './scripts.ts';
import { secretRead } from './secret-read.ts';
import { webRequest } from './web-request.ts';

function fromTable(call: Call, table: Table): Base | null {
  const row = table.first(call);
  if (!row) return null;
  const [, , points, why, touches] = row;
  return { parts: [part(points, why)], touches: touches ?? (points <= 9 ? 'reads' : 'shared') };
}

/** The base of a command: special readers first, then the site's rows and the tables, then what is unknown. */
export function baseOf(command: SimpleCommand, call: Call, tables: { site: Table; rows: Table }): Base {
  if (call.program === '') return base(0, 'sets variables', 'local');
  const own = fromTable(call, tables.site);
  if (own) return own;
  for (const judge of [databaseSession, webRequest, secretRead, namedScript, interpreter]) {
    const judged = judge(command, call);
    if (judged) return judged;
  }
  const found = fromTable(call, tables.rows);
  if (found) return found;
  if (command.name.includes('/')) {
    const judged = judgeName(call.program, call.operands[0]?.value ?? '');
    if (judged) return { parts: [part(judged.points, judged.why)], touches: judged.touches };
  }
  if (/^(npx|bunx|pnpx|uvx|pipx)$/.test(command.wrappers.at(-1) ?? ''))
    return base(32, 'runs a package by name');
  const words = judgeName(...call.operands.slice(0, 2).map((one) => one.value));
  if (words && words.points > 25) return base(Math.min(words.points, 65), `unknown program, ${words.why}`);
  return base(25, 'unknown program');
}
