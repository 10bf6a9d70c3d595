import type { AddedRule, NewRule } from '../../api/rules.ts';
import { aligned } from '../../ask/words.ts';
import { preview } from '../../core/rules/preview.ts';
import { compileRules } from '../../core/rules/rule-set.ts';
import { sampleOf } from '../../core/rules/sample.ts';
import { readArguments, type Values, WrongUsage } from '../arguments.ts';
import { readDays } from '../read-days.ts';
import { CONNECTION, CONNECTION_HELP, connectAsAdmin } from '../settings.ts';

const HELP = `gate rules add RULE --env E [flags]

Adds a rule: what it covers runs without asking. Prints its id, and on stderr three
commands it covers and three it does not. Revoking it works at once.

  --env E               where it holds; "*" is every environment
  --project P           for which project; without it, the one of the token
  --repository R        only for requests from this repository
  --requester N         only for the token of this name
  --cwd DIR             only in this directory
  --expires-in 90d      holds for so many days
  --match CMD           has to cover this; can be given several times
  --not-match CMD       must not cover this; can be given several times
  --when-unanswered allow
                        is shown as usual; LOW commands run when nobody objects
  --allows-critical     covers CRITICAL commands, too (administrators)
${CONNECTION_HELP}
  --json                print the rule as JSON

In production, and for every environment, a rule of somebody who asks for commands
themselves waits for a second person: gate rules confirm ID.

Example:
  gate rules add 'kubectl rollout restart deployment/{slug}' --env staging --expires-in 90d`;

const OPTIONS = {
  ...CONNECTION,
  env: { type: 'string' },
  project: { type: 'string' },
  repository: { type: 'string' },
  requester: { type: 'string' },
  cwd: { type: 'string' },
  'expires-in': { type: 'string' },
  match: { type: 'string', multiple: true },
  'not-match': { type: 'string', multiple: true },
  'when-unanswered': { type: 'string' },
  'allows-critical': { type: 'boolean' },
  json: { type: 'boolean' },
} as const;

/** `gate rules add`. */
export async function run(argv: string[]): Promise<number> {
  const given = readArguments(argv, { options: OPTIONS, help: HELP });
  if (!given) return 0;
  const wish = readWish(given.values, given.positionals);
  const reach = previewOf(wish);
  const client = connectAsAdmin(given.values);
  const added = (await client.call('POST', '/api/v1/rules', wish)) as AddedRule;
  if (given.values.json) {
    process.stdout.write(`${JSON.stringify(added)}\n`);
    return 0;
  }
  process.stderr.write(reach);
  process.stderr.write(
    added.needs_second_person
      ? `It waits for a second person, who runs: gate rules confirm ${added.id}\n`
      : `In force. To take it back: gate rules revoke ${added.id}\n`,
  );
  process.stdout.write(`${added.id}\n`);
  return 0;
}

function readWish(flags: Values<typeof OPTIONS>, [rule, ...rest]: string[]): NewRule {
  if (rule === undefined) throw new WrongUsage('there is no rule', "gate rules add 'kubectl get *' --env E");
  if (rest.length > 0)
    throw new WrongUsage('a rule is one argument', `quote it: '${[rule, ...rest].join(' ')}'`);
  if (!flags.env) throw new WrongUsage('--env is missing', 'name an environment, or "*" for every one');
  const unanswered = flags['when-unanswered'];
  if (unanswered !== undefined && unanswered !== 'allow')
    throw new WrongUsage(
      `--when-unanswered takes allow, not ${unanswered}`,
      'or leave it out: then it is denied',
    );
  return {
    rule,
    environment: flags.env,
    project: flags.project,
    repository: flags.repository,
    requester: flags.requester,
    cwd: flags.cwd,
    expires_in_days: flags['expires-in'] === undefined ? undefined : readDays(flags['expires-in']),
    when_unanswered: unanswered,
    allows_critical: flags['allows-critical'],
    match: flags.match,
    not_match: flags['not-match'],
  };
}

/** Three commands it covers and three it does not. Made by the matcher here; the gate reads rules the same way. */
function previewOf({ rule, match = [] }: NewRule): string {
  const rules = compileRules(rule).flatMap(({ compilation }) => {
    if (compilation.valid) return [compilation.rule];
    const { why, mend } = compilation;
    throw new WrongUsage(`no valid rule: ${why}`, mend ?? 'gate check --explain says more about rules');
  });
  const samples = [...match, ...rules.map(sampleOf)].filter((text) => text !== null);
  const [command, ...similar] = samples.map((text) => ({ kind: 'shell' as const, text }));
  const shown = command && preview(rules, command, similar);
  if (!shown) return '';
  return aligned([
    ['covers', shown.covers.join('\n')],
    ['does not cover', shown.doesNotCover.join('\n')],
  ]);
}
