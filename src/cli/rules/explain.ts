import type { Check, CheckedBody } from '../../api/rules.ts';
import { contextOf } from '../../ask/context.ts';
import { aligned, type Rows } from '../../ask/words.ts';
import type { Command } from '../../core/command/command.ts';
import { redact } from '../../core/command/redact.ts';
import { duration } from '../../core/duration.ts';
import { readArguments, type Values, WrongUsage } from '../arguments.ts';
import { CONNECTION, CONNECTION_HELP, connectAsAdmin } from '../settings.ts';

const HELP = `gate rules explain --env E [flags] -- CMD ARG…
gate rules explain --env E [flags] 'SHELL TEXT'

Says what would become of a command now, and why: every policy and rule that was
looked at, the rules that come nearest, and the risk. Nobody is asked.

  --env E               the environment
  --shell TEXT          shell text, as of gate run --shell
  --project P           when the token is good for several
  --cwd DIR             as if from this directory (here)
  --repository R        as if from this repository
  --actor N             as if asked by this actor
  --reason R            as if for this reason
${CONNECTION_HELP}
  --json                print data

Example:
  gate rules explain --env production -- kubectl rollout restart deployment/api`;

const OPTIONS = {
  ...CONNECTION,
  env: { type: 'string' },
  shell: { type: 'string' },
  project: { type: 'string' },
  cwd: { type: 'string' },
  repository: { type: 'string' },
  actor: { type: 'string' },
  reason: { type: 'string' },
  json: { type: 'boolean' },
} as const;

type Flags = Values<typeof OPTIONS>;

/** `gate rules explain`. */
export async function run(argv: string[]): Promise<number> {
  const given = readArguments(argv, { options: OPTIONS, help: HELP });
  if (!given) return 0;
  const body = toBody(given.values, readCommand(given.values, given.positionals));
  const client = connectAsAdmin(given.values);
  const found = (await client.call('POST', '/api/v1/check', body)) as CheckedBody;
  process.stdout.write(given.values.json ? `${JSON.stringify(found)}\n` : aligned(rows(found)));
  return 0;
}

function readCommand({ shell }: Flags, argv: string[]): Command {
  if ((shell === undefined) === (argv.length === 0))
    throw new WrongUsage(
      shell === undefined ? 'there is no command to explain' : '--shell and a command were both given',
      'gate rules explain --env production -- CMD ARG…',
    );
  if (shell !== undefined) return { kind: 'shell', text: shell };
  // One argument with blanks in it is a command line, not the name of a program.
  const [only = '', ...rest] = argv;
  return rest.length === 0 && /\s/.test(only) ? { kind: 'shell', text: only } : { kind: 'argv', argv };
}

function toBody(flags: Flags, asked: Command): Check {
  if (!flags.env) throw new WrongUsage('--env is missing', 'name the environment: --env production');
  const { command, redactions } = redact(asked);
  if (redactions.length > 0) process.stderr.write('note: what looks like a secret is not sent to the gate\n');
  const { repository, actor } = flags;
  return {
    environment: flags.env,
    ...(command.kind === 'argv' ? { argv: command.argv } : { command: command.text }),
    project: flags.project,
    reason: flags.reason,
    cwd: flags.cwd ?? process.cwd(),
    context: { ...contextOf(process.env), ...(repository && { repository }), ...(actor && { actor }) },
  };
}

const rows = (found: CheckedBody): Rows => [
  ['command', found.command],
  ['in', `${found.environment}, project ${found.project}`],
  ['would be', rulingWords(found)],
  ['rules', found.covered ? found.rules.map(({ rule, id }) => `${rule}  (${id})`).join('\n') : found.why],
  ['nearest', found.near.map(({ rule, why }) => `${rule}\n  ${why}`).join('\n')],
  ['risk', riskWords(found)],
  ['looked at', lookedWords(found.explanation)],
];

function rulingWords({ ruling }: CheckedBody): string {
  switch (ruling.kind) {
    case 'block':
      return `blocked by the policy “${ruling.policy}”: ${ruling.reason}`;
    case 'allow':
      return ruling.by === 'rule'
        ? 'allowed at once by rule'
        : `allowed at once by the policy “${ruling.because}”`;
    case 'ask': {
      const { approvals, reviewers, expires_after_seconds: seconds } = ruling;
      if (ruling.missing) return `refused: a policy wants a ${ruling.missing}; give it with --reason`;
      const many = approvals > 1 ? `, ${approvals} approvals needed` : '';
      const end = ruling.when_unanswered === 'allow' ? 'run' : 'denied';
      return `asked about: ${reviewers}${many}; ${end} when unanswered after ${duration(seconds * 1000)}`;
    }
  }
}

function riskWords({ assessment: { level, score, reasons } }: CheckedBody): string {
  const parts = reasons.map(
    ({ points, why }) => `${(points > 0 ? `+${points}` : String(points)).padStart(4)}  ${why}`,
  );
  return [`${level}, ${score} of 100`, ...parts].join('\n');
}

/** What applied first; each thing with why, in columns. */
function lookedWords(looked: CheckedBody['explanation']): string {
  const sorted = [...looked.filter(({ applies }) => applies), ...looked.filter(({ applies }) => !applies)];
  return sorted
    .map(({ kind, name, applies, why }) => `${applies ? '*' : ' '} ${kind} “${name}”: ${why}`)
    .join('\n');
}
