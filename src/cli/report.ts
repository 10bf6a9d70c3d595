import type { ReportBody } from '../api/suggestions.ts';
import { aligned, oneLine, type Rows } from '../ask/words.ts';
import { roundedDuration } from '../core/duration.ts';
import { readArguments, WrongUsage } from './arguments.ts';
import { readDays } from './read-days.ts';
import { stoppedBy } from './say.ts';
import { CONNECTION, CONNECTION_HELP, connectAsAdmin } from './settings.ts';

const HELP = `gate report [flags]

How the gate is doing: what rules let pass, what that saves, how fast people answer and
what they are asked most.

  --env E               only in this environment
  --days 30d            so far back
${CONNECTION_HELP}
  --json                as JSON

Example:
  gate report --env production --days 7d`;

const OPTIONS = {
  ...CONNECTION,
  env: { type: 'string' },
  days: { type: 'string' },
  json: { type: 'boolean' },
} as const;

/** `gate report`. */
export async function run(argv: string[]): Promise<number> {
  try {
    const given = readArguments(argv, { options: OPTIONS, help: HELP });
    if (!given) return 0;
    if (given.positionals.length > 0) throw new WrongUsage('it takes no arguments', 'gate report --help');
    const { env, days, json } = given.values;
    const query = new URLSearchParams({
      ...(env && { environment: env }),
      ...(days && { days: String(readDays(/^\d+$/.test(days) ? `${days}d` : days)) }),
    });
    const made = (await connectAsAdmin(given.values).call('GET', `/api/v1/report?${query}`)) as ReportBody;
    process.stdout.write(json ? `${JSON.stringify(made)}\n` : words(made));
    return 0;
  } catch (error) {
    return stoppedBy(error);
  }
}

function words(made: ReportBody): string {
  const seconds = (count: number | null) =>
    count === null ? 'nobody was asked' : roundedDuration(count * 1000);
  const rows: Rows = [
    ['days', String(made.days)],
    [
      'decided',
      `${made.decided}, of them ${made.passed} by a rule${made.hit_rate === null ? '' : ` (${Math.floor(made.hit_rate * 100)} %)`}`,
    ],
    [
      'saved',
      `${seconds(made.saved_seconds)} of waiting, about ${Math.round(made.saved_minutes)} min of those who decide`,
    ],
    [
      'time to a decision',
      `median ${seconds(made.median_seconds)}, 9 of 10 within ${seconds(made.p90_seconds)}`,
    ],
    ['rules', `${made.rules} in ${made.families} families${extras(made)}`],
    ['suggestions', `${made.suggestions} wait for an answer; last night: ${made.night ?? 'none yet'}`],
    ...list(
      'who answers',
      made.answerers.map((one) => `${one.name}: ${one.decisions}, median ${seconds(one.median_seconds)}`),
    ),
    ...list(
      'asked most',
      made.most_asked.map((one) => `${one.asked}  ${one.family || '(no one family)'}  in ${one.environment}`),
    ),
  ];
  return aligned(rows);
}

function extras(made: ReportBody): string {
  const parts = [
    [made.in_shadow, 'in the shadow'],
    [made.suspended, 'suspended'],
    [made.announced, 'announced to go'],
    [made.expiring_soon, 'about to expire'],
  ] as const;
  const named = parts.filter(([count]) => count > 0).map(([count, what]) => `${count} ${what}`);
  return named.length === 0 ? '' : `; ${named.join(', ')}`;
}

const list = (name: string, values: string[]): Rows =>
  values.length === 0 ? [] : [[name, values.map(oneLine).join('\n')]];
