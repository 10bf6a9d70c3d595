import type { z } from 'zod';
import type { ProposalBody, ProposalsShape } from '../../api/notes.ts';
import { terminalSafe } from '../../core/command/visible.ts';
import { readArguments, WrongUsage } from '../arguments.ts';
import { CONNECTION, CONNECTION_HELP, connectAsAdmin } from '../settings.ts';

const HELP = `gate notes proposals [flags]

Lists the policies that repeated denials propose: three of one kind within 90 days.
They are printed as lines for policies: of gatehouse.yaml. Nothing changes by itself.

  --env E               of this environment
${CONNECTION_HELP}
  --json                one proposal a line

Example:
  gate notes proposals --env production`;

const OPTIONS = { ...CONNECTION, env: { type: 'string' }, json: { type: 'boolean' } } as const;

/** `gate notes proposals`. */
export async function run(argv: string[]): Promise<number> {
  const given = readArguments(argv, { options: OPTIONS, help: HELP });
  if (!given) return 0;
  if (given.positionals.length > 0)
    throw new WrongUsage('it takes no arguments', 'gate notes proposals --env production');
  const { env, json } = given.values;
  const query = env ? `?${new URLSearchParams({ environment: env })}` : '';
  const answer = await connectAsAdmin(given.values).call('GET', `/api/v1/notes/proposals${query}`);
  const { proposals } = answer as z.infer<typeof ProposalsShape>;
  if (json) process.stdout.write(proposals.map((proposal) => `${JSON.stringify(proposal)}\n`).join(''));
  else if (proposals.length === 0)
    process.stderr.write('nothing was denied so often that a policy would be worth it\n');
  else process.stdout.write(`policies:\n${proposals.map(shown).join('')}`);
  return 0;
}

/** The policy with what it comes from above it, as a comment: the whole can be pasted. */
const shown = ({ family, target, environment, denials, last_at, policy }: ProposalBody): string => {
  const what = terminalSafe([family, target].filter(Boolean).join(' ')).replace(/\s+/g, ' ');
  const lines = policy.trimEnd().split('\n');
  const comment = `  # ${what} was denied ${denials} times in ${terminalSafe(environment)}, last on ${last_at.slice(0, 10)}`;
  return `${[comment, ...lines.map((line) => `  ${terminalSafe(line)}`)].join('\n')}\n`;
};
