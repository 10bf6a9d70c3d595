import type { Answers, EnvironmentAnswer } from './answers.ts';

/** `gatehouse.yaml` for these answers, with what one wants to know beside them. */
export const configText = (
  answers: Answers,
): string => `# yaml-language-server: $schema=node_modules/gatehouse/src/config/gatehouse.schema.json
# Written by gate init. Secrets do not stand here: "\${NAME}" takes them from the environment.
# gate doctor tells whether all of it works.

url: ${quoted(answers.url)}      # where people and clients reach the gate

environments:
${answers.environments.map((environment, index) => environmentText(environment, answers, index === 0)).join('\n')}
# Who is on call, by name: pagerduty, opsgenie, webhook, email, slack.
# on_call:
#   primary: { kind: pagerduty, routing_key: "\${PAGERDUTY_ROUTING_KEY}" }

# email: { smtp: "\${SMTP_URL}", from: gate@example.com }

# policies:                # block beats require beats allow; the first match of each counts
#   - name: No interactive shells in production
#     match: { environment: production, command: ["docker exec -it **"] }
#     block: Use the read-only console instead.

# people:                  # who is who: nobody approves what they asked for under another name
#   - { slack: U0123ABCD, github: octocat, login: ana }
`;

function environmentText(
  { name, channel, reviewers }: EnvironmentAnswer,
  { timeZone, officeHours }: Answers,
  isFirst: boolean,
): string {
  const lines = [
    [`channel: ${quoted(channel)}`, 'an id, or "#name"'],
    [
      `reviewers: ${reviewersText(reviewers)}`,
      'channel: every full member of it; or { users: [U…], groups: [S…] }',
    ],
    ['approvals: 1', 'distinct people'],
    ['expires_after: 10m', 'nobody answered: denied'],
    ['use_within: 15m', 'an approval not used by then is void'],
    [`time_zone: ${quoted(timeZone)}`, ''],
    ...(officeHours === null
      ? []
      : [[`office_hours: ${quoted(officeHours)}`, 'holidays: a list, or an .ics file']]),
  ].map(([line = '', about = '']) => `    ${about && isFirst ? `${line.padEnd(36)} # ${about}` : line}`);
  return `  ${quoted(name)}:\n${lines.join('\n')}\n${isFirst ? LADDER : ''}`;
}

const LADDER = `    # escalation:                        # counted from the request; a step with nobody on it is taken at once
    #   - { after: 2m, tell: reviewers }
    #   - { after: 4m, tell: { users: [U0BACKUP1] } }
    #   - { after: 6m, page: primary }
`;

const reviewersText = (reviewers: EnvironmentAnswer['reviewers']): string => {
  if (reviewers === 'channel') return 'channel';
  const list = (of: string[]) => `[${of.join(', ')}]`;
  const parts = [
    ...(reviewers.users.length > 0 ? [`users: ${list(reviewers.users)}`] : []),
    ...(reviewers.groups.length > 0 ? [`groups: ${list(reviewers.groups)}`] : []),
  ];
  return `{ ${parts.join(', ')} }`;
};

/** As YAML reads it back, whatever stands in it: JSON is YAML. */
const quoted = (text: string): string =>
  /^[A-Za-z][A-Za-z0-9/_-]*$/.test(text) && !ODD.test(text) ? text : JSON.stringify(text);
/** Words that YAML takes for something else. */
const ODD = /^(true|false|yes|no|on|off|null|y|n)$/i;
