import type { SlashCommand } from '@slack/bolt';
import { shownCommand } from '../core/command/shown.ts';
import { roundedDuration } from '../core/duration.ts';
import type { Environment } from '../core/environment.ts';
import type { NearMiss } from '../core/rules/explain.ts';
import type { AdmissionRefusal } from '../gate/admission.ts';
import { check, type Findings } from '../gate/check.ts';
import { environmentOf } from '../gate/environment-asked.ts';
import { listRequests } from '../store/requests.ts';
import { sentence } from './answers.ts';
import {
  bold,
  bullets,
  code,
  dotted,
  type Inline,
  lines,
  type Message,
  type Part,
  preformatted,
  richText,
  said,
  saidEnds,
  section,
  text,
} from './blocks.ts';
import { inWords, lookedAt } from './explained.ts';
import { riskLine } from './facts.ts';
import { seenBy } from './seen-by.ts';
import type { Slack } from './slack.ts';
import { banner, environmentName } from './texts.ts';
import { splitEnvironment } from './typed.ts';

const SHOWN = { command: 1500, reasons: 8, looked: 12 };

/** `/gate check <command> [in <environment>]`: what would become of it if this person asked now, and why. */
export async function checkTyped(slack: Slack, command: SlashCommand, typed: string): Promise<Message> {
  const seen = await seenBy(slack, command.user_id);
  const { words, environment: named } = splitEnvironment(typed, [...slack.deps.environments.keys()]);
  if (words === '') return sentence('Type a command to check: /gate check kubectl get pods in production');
  const environment =
    named === null ? await here(slack, command.channel_id, seen) : seen.find(({ name }) => name === named);
  if (!environment) return sentence('You are in no channel that Gatehouse asks in for this.');
  const project = await lastProject(slack, environment.name);
  const found = await check(slack.deps, callerOf(command), {
    command: { kind: 'shell', text: words },
    environment: environment.name,
    project,
    reason: null,
    cwd: null,
    context: {},
  });
  return found.ok
    ? findings(found, await slack.decidersOf(decidersIn(slack, found)))
    : sentence(REFUSED[found.code]);
}

/** The environment that asks in this channel; elsewhere the first that matters. */
export async function here(
  slack: Slack,
  channel: string,
  seen: Environment[],
): Promise<Environment | undefined> {
  for (const environment of seen) {
    const id = await slack.channelId(environment.channel).catch(() => null);
    if (id === channel) return environment;
  }
  return seen.find(({ production }) => production) ?? seen[0];
}

/** Rules hold for projects: the one that asked there last stands for all. */
async function lastProject(slack: Slack, environment: string): Promise<string> {
  const [last] = await listRequests(slack.deps.database.db, { environments: [environment], limit: 1 });
  return last?.project ?? '';
}

const callerOf = ({ user_id, user_name }: SlashCommand) => ({
  id: `slack:${user_id}`,
  name: user_name,
  role: 'client' as const,
  kind: 'human' as const,
  project: '*',
  environments: null,
  whenNobodyIsThere: 'wait' as const,
  owner: user_id,
});

const decidersIn = ({ deps }: Slack, { ruling, environment }: Findings): Environment => ({
  ...environmentOf(deps, environment.name),
  reviewers: (ruling.kind === 'ask' ? ruling.from : null) ?? environment.reviewers,
});

const REFUSED: Record<AdmissionRefusal, string> = {
  'unknown-environment': 'This environment is not configured.',
  'environment-not-allowed': 'This environment is not yours.',
  'project-not-allowed': 'This project is not yours.',
  'project-missing': 'Nothing was ever asked there, so there is no project to check it for.',
  'command-too-long': 'This command is too long to check here: use gate check in a terminal.',
  'command-not-text': 'Type a command to check: /gate check kubectl get pods',
};

function findings(found: Findings, deciders: string): Message {
  const { assessment, environment, project } = found;
  const asProject = project === '' ? '' : `, as project ${said(project, 60)}`;
  return {
    text: 'What would become of this command',
    blocks: [
      richText(
        preformatted(saidEnds(shownCommand(found.command), SHOWN.command)),
        lines(
          [text(`${banner(environment)}: `), ...becomes(found, deciders)],
          riskLine({ assessment }),
          dotted(parts(found)),
        ),
      ),
      richText(
        // That no rule covers it is said below, with the reason.
        ...lookedAt(found.looked.filter(({ name }) => name !== 'rules').slice(0, SHOWN.looked)),
        ...obstacle(found),
        section(
          text(`On ${environmentName(environment.name)}${asProject}. No request was made and nothing runs.`),
        ),
      ),
    ],
  };
}

function becomes({ ruling }: Findings, deciders: string): Inline[] {
  switch (ruling.kind) {
    case 'block':
      return [
        bold('it would be blocked'),
        text(` by the policy “${said(ruling.policy, 80)}”: ${said(ruling.reason, 300)}`),
      ];
    case 'allow':
      return [
        bold('it would pass'),
        text(ruling.by === 'rule' ? ' by the rule ' : ' by the policy '),
        code(saidEnds(ruling.because, 200)),
      ];
    case 'ask': {
      const people = ruling.approvals > 1 ? `, ${ruling.approvals} approvals` : '';
      const silence = ruling.whenUnanswered === 'allow' ? '. It would run when nobody objects' : '';
      const within = roundedDuration(ruling.expiresAfterSeconds * 1000);
      return [bold('it would ask'), text(` ${deciders}${people}, for ${within}${silence}.`)];
    }
  }
}

const parts = ({ assessment }: Findings): Inline[][] =>
  [...assessment.reasons]
    .sort((a, b) => Math.abs(b.points) - Math.abs(a.points))
    .slice(0, SHOWN.reasons)
    .map(({ points, why }) => [code(points > 0 ? `+${points}` : String(points)), text(` ${said(why, 150)}`)]);

/** Why rules do not cover it, and those that nearly do. */
function obstacle({ obstacle: why, near }: Findings): Part[] {
  if (why === null) return [];
  const nearly = near.map(({ rule, why: difference }: NearMiss): Inline[] => [
    code(saidEnds(rule, 150)),
    text(' '),
    ...inWords(difference, 250),
  ]);
  return [
    section(bold('Rules: '), ...inWords(`${saidEnds(why, 300)}.`, 301)),
    ...(nearly.length > 0 ? [section(text('The nearest:')), bullets(nearly)] : []),
  ];
}
