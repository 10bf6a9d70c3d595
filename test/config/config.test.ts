import { describe, expect, it } from 'vitest';
import { type ConfigFaults, readConfig } from '../../src/config/config.ts';
import { parseDuration } from '../../src/core/duration.ts';

const GOOD = `
url: https://gate.example.com
environments:
  production: { channel: "#deploys", reviewers: channel }
`;

const faultsOf = (text: string, variables: Record<string, string> = {}) => {
  try {
    readConfig(text, variables);
    return [];
  } catch (e) {
    return (e as ConfigFaults).faults.map((f) => `${f.path}: ${f.message}`);
  }
};

describe('duration', () => {
  it.each([
    ['90s', 90],
    ['10m', 600],
    ['1h30m', 5400],
    ['2d', 172_800],
    ['10', null],
    ['', null],
    ['-5m', null],
    ['5 m', null],
  ])('%s → %s', (text, seconds) => expect(parseDuration(text)).toBe(seconds));
});

describe('configuration', () => {
  it('fills in what is not said', () => {
    const production = readConfig(GOOD, {}).environments.get('production');
    expect(production).toMatchObject({
      production: true,
      color: 'red',
      approvals: 1,
      expiresAfterSeconds: 600,
      useWithinSeconds: 900,
    });
  });

  it('takes secrets from the environment, and says which is missing', () => {
    const text = GOOD.replace('https://gate.example.com', '"https://${NAME}.example.com"');
    expect(readConfig(text, { NAME: 'gate' }).url).toBe('https://gate.example.com');
    expect(faultsOf(text)[0]).toContain('url: the environment variable NAME is not set');
  });

  it('reports every fault together, each with its place and a mend', () => {
    const faults = faultsOf(
      `
url: gate
environments:
  production: { channel: deploys, reviewers: { users: [] }, expires_after: soon, colour: red }
`,
      { PORT: 'x', SLACK_BOT_TOKEN: 'xoxb-1' },
    );
    expect(faults.map((f) => f.split(':')[0])).toEqual([
      'url',
      'environments.production.channel',
      'environments.production.reviewers',
      'environments.production.expires_after',
      'environments.production',
      'SLACK_APP_TOKEN',
      'PORT',
    ]);
  });

  it.each([
    [
      'no reviewers: nobody could approve',
      'environments: { production: { channel: "#d" } }\nurl: https://g.example.com',
      'reviewers',
    ],
    ['no environments', 'environments: {}\nurl: https://g.example.com', 'environments'],
    ['not YAML', 'url: [', 'gatehouse.yaml:1'],
    ['the same key twice', `${GOOD}\nurl: https://other.example.com`, 'unique'],
    ['an unknown time zone', GOOD.replace('channel }', 'channel, time_zone: Mars/Base }'), 'time_zone'],
  ])('refuses %s', (_, text, place) => expect(faultsOf(text).join('\n')).toContain(place));

  it('chooses Socket Mode with an app token, HTTP with a signing secret, nothing without both', () => {
    expect(readConfig(GOOD, {}).slack).toBeNull();
    expect(readConfig(GOOD, { SLACK_BOT_TOKEN: 'b', SLACK_APP_TOKEN: 'a' }).slack?.mode).toBe('socket');
    expect(readConfig(GOOD, { SLACK_BOT_TOKEN: 'b', SLACK_SIGNING_SECRET: 's' }).slack?.mode).toBe('http');
  });
});

const withPolicies = (policies: string, extra = '') => `
url: https://gate.example.com
environments:
  production: { channel: "#deploys", reviewers: channel }
  staging: { channel: "#staging", reviewers: channel }
${extra}
policies:
${policies}`;

describe('policies', () => {
  it('reads a policy as the contract has it', () => {
    const config = readConfig(
      withPolicies(`
  - name: Schema changes need two people
    match: { environment: production, command: ["psql *", "* db:migrate*"], risk: MEDIUM }
    require: { approvals: 2, from: { groups: [S0DBA] }, expires_after: 30m, reason: true, ticket: true }
  - name: No interactive shells in production
    match: { environment: production, command: ["docker exec -it **"] }
    block: Use the read-only console instead.
  - name: Reading is fine
    match: { environment: "*", project: shop, repository: acme/*, branch: [main, release/**], changed_paths: "docs/**", command: kubectl get *, office_hours: inside, requester: [ci, human] }
    allow: true
`),
      {},
    );
    expect(config.policies).toEqual([
      {
        name: 'Schema changes need two people',
        match: { environments: ['production'], commands: ['psql *', '* db:migrate*'], risk: 'MEDIUM' },
        effect: {
          kind: 'require',
          approvals: 2,
          from: { users: [], groups: ['S0DBA'] },
          expiresAfterSeconds: 1800,
          reason: true,
          ticket: true,
        },
      },
      {
        name: 'No interactive shells in production',
        match: { environments: ['production'], commands: ['docker exec -it **'] },
        effect: { kind: 'block', reason: 'Use the read-only console instead.' },
      },
      {
        name: 'Reading is fine',
        match: {
          environments: ['*'],
          projects: ['shop'],
          repositories: ['acme/*'],
          branches: ['main', 'release/**'],
          changedPaths: ['docs/**'],
          commands: ['kubectl get *'],
          officeHours: 'inside',
          requesterKinds: ['ci', 'human'],
        },
        effect: { kind: 'allow' },
      },
    ]);
    expect(readConfig(GOOD, {}).policies).toEqual([]);
  });

  it.each([
    [
      'an environment nobody has',
      '{ environment: prod }',
      'block: x',
      'match.environment: there is no environment "prod"',
    ],
    [
      'one of a list that nobody has',
      '{ environment: [staging, prod*x] }',
      'block: x',
      'match.environment.1: there is',
    ],
    ['no effect', '{ environment: staging }', '', 'policies.0: say what it does'],
    [
      'two effects',
      '{ environment: staging }',
      'block: x, require: { approvals: 2 }',
      'policies.0: it has more than one',
    ],
    ['too many approvals', '{}', 'require: { approvals: 11 }', 'policies.0.require.approvals: write 1 to 10'],
    ['a require that requires nothing', '{}', 'require: {}', 'policies.0.require: say what it requires'],
    [
      'nobody to approve',
      '{}',
      'require: { from: { users: [] } }',
      'policies.0.require.from: name at least one',
    ],
    ['reason: false', '{}', 'require: { reason: false }', 'policies.0.require.reason: write true'],
    [
      'allow without commands',
      '{ environment: staging }',
      'allow: true',
      'policies.0.match: it would allow every',
    ],
    ['allow: false', '{ command: ls }', 'allow: false', 'policies.0.allow: write true'],
    ['allow with a level', '{ command: ls, risk: LOW }', 'allow: true', 'policies.0.match.risk: it means'],
    [
      'allow with an invalid rule',
      '{ command: [ls, "eval *"] }',
      'allow: true',
      'match.command.1: it is no valid whitelist rule: ',
    ],
    ['block without a reason', '{ command: ls }', 'block: ""', 'policies.0.block: write the reason'],
    ['block: true', '{ command: ls }', 'block: true', 'policies.0.block: write the reason'],
    ['block of everything', '{}', 'block: x', 'policies.0.match: it would block everything'],
    ['an empty command', '{ command: " " }', 'block: x', 'match.command: it is empty'],
    ['an empty list', '{ command: [] }', 'block: x', 'match.command: write a command pattern'],
    ['an unusable pattern', '{ branch: "{a,b}" }', 'block: x', 'match.branch: braces'],
    ['an unknown level', '{ risk: SEVERE }', 'block: x', 'match.risk: write one of LOW'],
    ['an unknown requester', '{ requester: robot }', 'block: x', 'match.requester: write ci'],
    ['unknown hours', '{ office_hours: maybe }', 'block: x', 'match.office_hours: write inside'],
    ['an unknown key', '{ branches: main }', 'block: x', 'policies.0.match: unknown key "branches"'],
  ])('refuses %s', (_, match, effect, fault) =>
    expect(
      faultsOf(withPolicies(`  - { name: P, match: ${match}${effect && `, ${effect}`} }`)).join('\n'),
    ).toContain(fault),
  );

  it('refuses two policies of one name', () =>
    expect(
      faultsOf(
        withPolicies(
          '  - { name: P, match: { risk: LOW }, block: x }\n  - { name: P, match: {}, require: { reason: true } }',
        ),
      ),
    ).toEqual(['policies.1.name: policies.0 has this name: give each its own']));

  it('reports them beside other faults', () =>
    expect(
      faultsOf(
        withPolicies(
          '  - { name: P, match: { environment: prod, branch: "!x" }, block: x }\n  - { name: Q }',
          'limits: { burst: 0 }',
        ),
      ).map((fault) => fault.split(':')[0]),
    ).toEqual([
      'policies.1.match',
      'limits.burst',
      'policies.0.match.environment',
      'policies.0.match.branch',
    ]));
});

describe('hours, risk rows and the rest of the contract', () => {
  const production = (keys: string) => `
url: https://gate.example.com
environments:
  production: { channel: "#deploys", reviewers: channel, ${keys} }
  staging: { channel: "#staging", reviewers: channel }
`;
  const environments = (keys: string) => readConfig(production(keys), {}).environments;

  it('reads office hours and holidays', () => {
    const hours = environments('office_hours: "Mon-Fri 09:00-18:00", holidays: [2026-12-25]').get(
      'production',
    )?.officeHours;
    expect(hours).toMatchObject({ text: 'Mon-Fri 09:00-18:00', holidays: new Set(['2026-12-25']) });
    expect(environments('approvals: 1').get('production')?.officeHours).toBeNull();
  });

  it('lets nothing run unanswered in production unless it says so', () => {
    const may = (keys: string) => [...environments(keys).values()].map((e) => e.unansweredMayRun);
    expect(may('approvals: 1')).toEqual([false, true]);
    expect(may('unanswered_may_run: true')).toEqual([true, true]);
    expect(may('production: false')).toEqual([true, true]);
  });

  it.each([
    ['hours', 'office_hours: "Mon-Fri 9-18"', 'production.office_hours: at character 9: "9-18": hours are'],
    ['a date', 'office_hours: "Mon 09:00-10:00", holidays: [2026-02-30]', 'holidays.0: write a date'],
    ['holidays without hours', 'holidays: [2026-12-25]', 'production.holidays: they mean nothing'],
    ['a step that tells nobody', 'escalation: [{ after: 2m }]', 'escalation.0: say who'],
    [
      'a step to nobody',
      'escalation: [{ after: 2m, tell: { users: [] } }]',
      'escalation.0.tell: name somebody',
    ],
  ])('refuses odd %s', (_, keys, fault) => expect(faultsOf(production(keys)).join('\n')).toContain(fault));

  it('takes risk rows whose example comes out as they say', () => {
    const row =
      '{ program: deployctl, args: promote, points: 45, why: changes what runs, example: deployctl promote api, level: MEDIUM }';
    expect(readConfig(`${GOOD}\nrisk: [${row}]`, {}).riskRows).toEqual([
      ['deployctl', 'promote', 45, 'changes what runs'],
    ]);
    expect(readConfig(GOOD, {}).riskRows).toEqual([]);
    const faults = faultsOf(
      `${GOOD}\nrisk: [${row}, ${row.replace('promote api', 'ls')}, ${row.replace('MEDIUM', 'LOW')}]`,
    );
    expect(faults.map((fault) => fault.slice(0, 30))).toEqual([
      expect.stringContaining('risk.1: '),
      expect.stringContaining('risk.2: expected its example'),
    ]);
  });

  it('asks for a second person in production unless told otherwise', () => {
    expect(readConfig(GOOD, {}).secondPersonForRules).toBe('production');
    expect(readConfig(`${GOOD}\nrules: { second_person: always }`, {}).secondPersonForRules).toBe('always');
    expect(faultsOf(`${GOOD}\nrules: { second_person: sometimes }`).join()).toContain(
      'write production, always or never',
    );
  });

  it('wants both halves of the sign-in with Slack, and an address people can come back to', () => {
    const slack = { SLACK_BOT_TOKEN: 'xoxb-1', SLACK_APP_TOKEN: 'xapp-1', SLACK_CLIENT_ID: '1.2' };
    expect(faultsOf(GOOD, slack)).toEqual([expect.stringMatching(/^SLACK_CLIENT_SECRET: set it too/)]);
    const both = { ...slack, SLACK_CLIENT_SECRET: 's' };
    expect(faultsOf(GOOD, both)).toEqual([]);
    const plain = GOOD.replace('https:', 'http:');
    expect(faultsOf(plain, both)).toEqual([expect.stringMatching(/^url: write https/)]);
    expect(faultsOf(plain.replace('gate.example.com', '127.0.0.1:3000'), both)).toEqual([]);
    expect(faultsOf(plain, { SLACK_BOT_TOKEN: 'xoxb-1', SLACK_APP_TOKEN: 'xapp-1' })).toEqual([]);
  });

  it('loads a file with every key of the contract, and names those it does not act on', () => {
    const text = `
url: https://gate.example.com
environments:
  production:
    channel: C0PRODUCTN
    reviewers: channel
    approvals: 1
    expires_after: 10m
    use_within: 15m
    time_zone: Europe/Berlin
    office_hours: Mon-Fri 09:00-18:00
    escalation:
      - { after: 2m, tell: reviewers }
      - { after: 4m, tell: { users: [U0BACKUP1], emails: [backup@example.com] } }
      - { after: 6m, page: primary }
    page_at_once: { risk: HIGH, outside_office_hours: true, page: primary }
on_call:
  primary: { kind: pagerduty, routing_key: "\${PAGERDUTY_ROUTING_KEY}" }
email: { smtp: "\${SMTP_URL}", from: gate@example.com }
policies:
  - name: Schema changes need two people
    match: { environment: production, command: ["psql *", "* db:migrate*"], risk: MEDIUM }
    require: { approvals: 2, from: { groups: [S0DBA] }, expires_after: 30m }
learning: { at: "03:00", time_zone: Europe/Berlin, model: { base_url: "https://api.openai.com/v1", name: gpt-5-mini, api_key: "\${OPENAI_API_KEY}" } }
`;
    const variables = { PAGERDUTY_ROUTING_KEY: 'k', SMTP_URL: 'smtp://localhost', OPENAI_API_KEY: 'k' };
    const config = readConfig(text, variables);
    expect(config.learning).toMatchObject({ at: '03:00', timeZone: 'Europe/Berlin', expiresAfterDays: 90 });
    expect(config.environments.get('production')?.escalation).toMatchObject({
      steps: [{ afterSeconds: 120, tell: 'reviewers' }, { afterSeconds: 240 }, { page: 'primary' }],
      pageAtOnce: { risk: 'HIGH', outsideOfficeHours: true, page: 'primary' },
    });
    expect(config.onCall.primary).toMatchObject({ kind: 'pagerduty', routing_key: 'k' });
    expect(config.email?.from).toBe('gate@example.com');
    expect(readConfig(GOOD, {}).notesFirstSeconds).toBe(5);
    expect(readConfig(`${GOOD}\nrunbook: { notes_first: 0s }`, {}).notesFirstSeconds).toBe(0);
    for (const wrong of ['61s', '5', 'soon'])
      expect(faultsOf(`${GOOD}\nrunbook: { notes_first: "${wrong}" }`)).toEqual([
        'runbook.notes_first: write a time span of at most 60s, such as 5s',
      ]);
    expect(readConfig(GOOD, {}).learning).toMatchObject({ timeZone: 'UTC', spotChecks: 0, maxCards: 25 });
  });
});
