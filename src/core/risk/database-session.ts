import type { SimpleCommand } from '../command/walk.ts';
import { type Base, base, sum } from './part.ts';
import type { Call } from './row.ts';
import { sqlParts } from './sql.ts';

const SQL_CLIENTS = new Map([
  ['psql', '-c --command'],
  ['mysql', '-e --execute'],
  ['sqlite3', '-cmd'],
  ['sqlcmd', '-Q -q'],
  ['clickhouse-client', '-q --query'],
  ['duckdb', '-c -s'],
  ['cqlsh', '-e --execute'],
  ['cockroach', '-e --execute'],
  ['snowsql', '-q --query'],
  ['ysqlsh', '-c --command'],
  ['trino', '--execute'],
  ['presto', '--execute'],
  ['usql', '-c --command'],
  ['pgcli', '-c --command'],
  ['mycli', '-e --execute'],
  ['sqlplus', ''],
  ['bq', ''],
  ['wrangler', '--command'],
  ['aws', '--sql --query-string'],
]);

function sqlOf(call: Call, options: string): string[] {
  const names = options.split(' ').filter((name) => name !== '');
  const texts: string[] = [];
  for (const { name, value, next } of call.options) {
    if (names.includes(name)) texts.push(value ?? next ?? '');
    // `-c"SELECT 1"`, `-tAc "SELECT 1"`
    else if (names.includes(name.slice(0, 2)) && name.length > 2 && !name.startsWith('--'))
      texts.push(`${name.slice(2)}${value === null ? '' : `=${value}`}`);
    else if (/^-[A-Za-z]{2,4}$/.test(name) && names.includes(`-${name.at(-1)}`)) texts.push(next ?? '');
  }
  if (call.program === 'sqlite3' || call.program === 'duckdb')
    texts.push(...call.operands.slice(1).map((one) => one.value));
  if (call.program === 'bq' && call.operands[0]?.value === 'query') texts.push(call.operands.at(-1)!.value);
  return texts.filter((text) => text.trim() !== '');
}

/** psql, mysql and the like: the SQL they are given decides. */
export function databaseSession(command: SimpleCommand, call: Call): Base | null {
  const options = SQL_CLIENTS.get(call.program);
  if (options === undefined) return null;
  const texts = sqlOf(call, options);
  if (texts.some((text) => /^[$`]/.test(text.trim()))) return base(45, 'SQL unknown before it runs');
  if (texts.length === 0 && command.input !== null) texts.push(command.input);
  const parts = sqlParts(texts.join(';\n'));
  if (parts.length > 0) return { parts, touches: sum(parts) <= 15 ? 'reads' : 'shared' };
  if (['bq', 'wrangler', 'aws', 'cockroach'].includes(call.program)) return null;
  if (call.options.some(({ name }) => /^(--version|-V|--help|-l|--list)$/.test(name))) return null;
  const fromFile = call.options.some(({ name }) => /^(-f|--file|-i)$/.test(name));
  const redirected = command.redirections.some((one) => one.operator === '<');
  if (fromFile || redirected || command.stageOfPipe > 0) return base(35, 'runs SQL from a file, unseen');
  return base(40, 'database session, rest unseen');
}
