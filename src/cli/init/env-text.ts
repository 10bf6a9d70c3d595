import type { Answers } from './answers.ts';

type Values = Record<string, string>;

/** The variables a gate with these answers needs, and those it may have. `known` fills in what is known already. */
export function envText(answers: Answers, known: Values): string {
  const sections = sectionsFor(answers, known);
  const names = sections.flatMap(({ variables }) => variables.map(([name]) => name));
  const own = Object.keys(known).filter((name) => !names.includes(name));
  return `# Secrets of the gate: for its user alone (chmod 600), never in git.
# gate serve --env-file .env and gate doctor --env-file .env read it; docker compose does by itself.

${sections.map(({ about, variables }) => `# ${about}\n${variables.map(([name, value]) => line(name, value)).join('\n')}\n`).join('\n')}${
  own.length > 0 ? `\n# From before\n${own.map((name) => line(name, known[name] ?? '')).join('\n')}\n` : ''
}`;
}

function sectionsFor(
  { transport, databaseUrl }: Answers,
  known: Values,
): { about: string; variables: [string, string][] }[] {
  const filled = (name: string, value = ''): [string, string] => [name, known[name] || value];
  const clicks =
    transport === 'socket'
      ? {
          about: 'Slack app, "Basic Information" → "App-Level Tokens", with connections:write (xapp-…)',
          variables: [filled('SLACK_APP_TOKEN')],
        }
      : {
          about: 'Slack app, "Basic Information" → "Signing Secret"',
          variables: [filled('SLACK_SIGNING_SECRET')],
        };
  return [
    { about: 'Slack app, "Install App" (xoxb-…)', variables: [filled('SLACK_BOT_TOKEN')] },
    clicks,
    {
      about: 'Slack app, "Basic Information": with both, people sign in to the decision page',
      variables: [filled('SLACK_CLIENT_ID'), filled('SLACK_CLIENT_SECRET')],
    },
    ...(databaseUrl === null
      ? []
      : [
          {
            about: 'postgres://user:password@host/database',
            variables: [filled('DATABASE_URL', databaseUrl)],
          },
        ]),
    {
      about: 'PEM; the same for every replica. Empty: made in GATE_DATA at the first start',
      variables: [filled('GATE_SIGNING_KEY')],
    },
  ];
}

/** As both a shell and Node read it. */
const line = (name: string, value: string): string =>
  `${name}=${/^[\w./:@%+,-]*$/.test(value) ? value : `'${value.replaceAll("'", "'\\''")}'`}`;
