import type { RequestBody } from '../api.ts';
import { duration } from '../core/duration.ts';
import { readArguments, WrongUsage } from './arguments.ts';
import { stoppedBy, table } from './say.ts';
import { CONNECTION, CONNECTION_HELP, connect } from './settings.ts';

const HELP = `gate pending [--json]

Lists what waits for a decision: your own requests or, with an administrator's
token, everybody's.

${CONNECTION_HELP}
  --json                one request a line

Example:
  gate pending`;

const OPTIONS = { ...CONNECTION, json: { type: 'boolean' } } as const;

/** `gate pending`: what waits for a decision. */
export async function run(argv: string[]): Promise<number> {
  try {
    const given = readArguments(argv, { options: OPTIONS, help: HELP });
    if (!given) return 0;
    if (given.positionals.length > 0) throw new WrongUsage('it takes no arguments', 'gate pending');
    const client = connect(given.values);
    const answer = await client.call('GET', '/api/v1/requests?state=pending');
    const { requests } = answer as { requests: RequestBody[] };
    if (given.values.json) process.stdout.write(requests.map((r) => `${JSON.stringify(r)}\n`).join(''));
    else if (requests.length === 0) process.stderr.write('nothing waits for a decision\n');
    else
      process.stdout.write(
        table(
          HEADING,
          requests.map((request) => row(request, client.now())),
        ),
      );
    return 0;
  } catch (error) {
    return stoppedBy(error);
  }
}

const HEADING = ['ENVIRONMENT', 'RISK', 'APPROVED', 'LEFT', 'COMMAND', 'CARD'];

function row(
  { environment, assessment, asked, expires_at, command, url }: RequestBody,
  now: number,
): string[] {
  const left = duration(Math.max(0, Date.parse(expires_at) - now));
  const short = command.length > 60 ? `${command.slice(0, 59)}…` : command;
  const approvals = `${asked.approvals.length} of ${asked.approvals_needed}`;
  return [environment, assessment.level, approvals, left, short, url];
}
