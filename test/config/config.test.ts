import { describe, expect, it } from 'vitest';
import { type ConfigFaults, readConfig } from '../../src/config/config.ts';
import { parseDuration } from '../../src/config/duration.ts';

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
