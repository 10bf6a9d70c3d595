import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { PassThrough, Writable } from 'node:stream';
import { parseEnv } from 'node:util';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { WrongUsage } from '../../src/cli/arguments.ts';
import { readReviewers } from '../../src/cli/init/answers.ts';
import { appLink, manifestFor } from '../../src/cli/init/app-link.ts';
import { configText } from '../../src/cli/init/config-text.ts';
import { envText } from '../../src/cli/init/env-text.ts';
import { init } from '../../src/cli/init.ts';
import { loadConfig, readConfig } from '../../src/config/config.ts';
import { doctorsSlack } from '../doctor/site.ts';
import { startGate } from '../support/gate-process.ts';
import { freePort, TOKENS } from '../support/story.ts';
import { until } from '../support/until.ts';

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(path.join(tmpdir(), 'gatehouse-init-'));
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));
const inside = (name: string) => path.join(directory, name);

/** Somebody at a terminal, who types each answer when its question stands there. */
function atTerminal(argv: string[], typed: [asked: RegExp, answer: string][], variables = {}) {
  let shown = '';
  const input = new PassThrough();
  const output = new Writable({
    write(chunk, _, done) {
      shown += String(chunk);
      done();
    },
  });
  const ended = init(argv, { input, output, isTerminal: true, variables });
  const typing = (async () => {
    let from = 0;
    for (const [asked, answer] of typed) {
      await until(`the question ${asked}\n${shown}`, () => asked.test(shown.slice(from)), 20_000);
      from = shown.length;
      input.write(`${answer}\n`);
    }
  })();
  return { ended, typing, shown: () => shown, input };
}

describe('gate init on a terminal', () => {
  it('asks, corrects what cannot be, and ends with the doctor', async () => {
    const slack = await doctorsSlack();
    const [file, env] = [inside('gatehouse.yaml'), inside('.env')];
    const variables = {
      SLACK_API_URL: slack.apiUrl,
      GATE_DATA: inside('data'),
      HOST: '127.0.0.1',
      PORT: String(await freePort()),
    };
    const session = atTerminal(
      ['--config', file],
      [
        [/reach the gate\?/, 'gate'],
        [/write a web address[\s\S]*reach the gate\?/, 'http://gate.example.com/'],
        [/How does Slack reach it/, 'http'],
        [/Slack reaches only https[\s\S]*How does Slack reach it/, 'socket'],
        [/Which environments/, 'staging, live!'],
        [/live!: use letters[\s\S]*Which environments/, 'staging live'],
        [/which channel does staging ask/, 'deploys'],
        [/may approve in staging/, ''],
        [/which channel does live ask/, '#night'],
        [/may approve in live/, 'Ana'],
        [/write channel, or ids[\s\S]*may approve in live/, 'UANA, S0DBA'],
        [/time zone/, 'Europe/Berlin'],
        [/Office hours/, 'Mon-Fri 9-17'],
        [/Office hours[\s\S]*Office hours|Office hours/, 'Mon-Fri 09:00-17:00'],
        [/Database/, ''],
        [/SLACK_BOT_TOKEN/, TOKENS.botToken],
        [/SLACK_APP_TOKEN/, TOKENS.appToken],
      ],
      variables,
    );
    await session.typing;
    expect(await session.ended).toBe(0);
    const config = loadConfig({}, file);
    expect(config.url).toBe('http://gate.example.com');
    expect([...config.environments.values()]).toMatchObject([
      {
        name: 'staging',
        channel: '#deploys',
        reviewers: 'channel',
        production: false,
        timeZone: 'Europe/Berlin',
      },
      {
        name: 'live',
        channel: '#night',
        reviewers: { users: ['UANA'], groups: ['S0DBA'] },
        production: true,
      },
    ]);
    expect(config.environments.get('live')?.officeHours).not.toBeNull();
    expect(parseEnv(readFileSync(env, 'utf8'))).toMatchObject({
      SLACK_BOT_TOKEN: TOKENS.botToken,
      SLACK_APP_TOKEN: TOKENS.appToken,
    });
    expect(statSync(env).mode & 0o777).toBe(0o600);
    const shown = session.shown();
    expect(shown).toContain('https://api.slack.com/apps?new_app=1&manifest_yaml=');
    expect(shown).not.toContain(TOKENS.botToken);
    expect(shown).toContain('/invite @gatehouse in #deploys, #night');
    expect(shown).toMatch(/✓.* {2}Slack .*gatehouse in Local Slack/);
    expect(shown).toMatch(/staging reviewers .*3 could approve/);
    await slack.stop();
  });

  it('writes nothing when it is given up', async () => {
    const session = atTerminal(['--config', inside('gatehouse.yaml')], [[/reach the gate/, '']]);
    await session.typing;
    session.input.end();
    await expect(session.ended).rejects.toThrow('nothing was written');
    expect(existsSync(inside('gatehouse.yaml'))).toBe(false);
  });
});

describe('gate init --yes', () => {
  const yes = (...flags: string[]) =>
    startGate(['init', '--yes', ...flags], {
      cwd: directory,
      env: { GATE_DATA: inside('data'), PORT: '1', HOST: '127.0.0.1' },
    }).ended;

  it('writes what the flags say, prints the link, and ends with what is left to do', async () => {
    const { code, stdout, stderr } = await yes(
      ...['--url', 'https://gate.example.com', '--transport', 'http', '--database', 'postgres'],
      ...['--environment', 'production=#prod', '--environment', 'staging=C0STAGING'],
      ...['--reviewers', 'U0ANA,S0DBA', '--time-zone', 'Asia/Tokyo', '--office-hours', 'Mon-Fri 09:00-18:00'],
    );
    expect(stderr).toBe('');
    expect(code).toBe(0);
    expect([...loadConfig({}, inside('gatehouse.yaml')).environments.values()]).toMatchObject([
      {
        name: 'production',
        channel: '#prod',
        reviewers: { users: ['U0ANA'], groups: ['S0DBA'] },
        timeZone: 'Asia/Tokyo',
      },
      { name: 'staging', channel: 'C0STAGING' },
    ]);
    expect(readFileSync(inside('.env'), 'utf8')).toMatch(/^SLACK_SIGNING_SECRET=$[\s\S]*^DATABASE_URL=$/m);
    expect(statSync(inside('.env')).mode & 0o777).toBe(0o600);
    expect(stdout).toMatch(/^fault {2}Slack +nobody can be asked/m);
    const link = new URL(/https:\/\/api\.slack\.com\S+/.exec(stdout)?.[0] ?? '');
    const manifest = parse(link.searchParams.get('manifest_yaml') ?? '');
    expect(manifest.settings.interactivity.request_url).toBe('https://gate.example.com/slack/events');
  });

  it('writes over nothing; with --force over the configuration, never over a secret', async () => {
    writeFileSync(inside('gatehouse.yaml'), 'mine: true\n');
    writeFileSync(inside('.env'), "SLACK_BOT_TOKEN=xoxb-mine\nOWN='with space'\n", { mode: 0o644 });
    const refused = await yes('--no-doctor');
    expect(refused.code).toBe(2);
    expect(refused.stderr).toMatch(/gatehouse\.yaml is there already\nhint: .*--force/);
    expect(readFileSync(inside('gatehouse.yaml'), 'utf8')).toBe('mine: true\n');
    const forced = await yes('--no-doctor', '--force');
    expect(forced.code).toBe(0);
    expect(loadConfig({}, inside('gatehouse.yaml')).environments.size).toBe(1);
    expect(parseEnv(readFileSync(inside('.env'), 'utf8'))).toMatchObject({
      SLACK_BOT_TOKEN: 'xoxb-mine',
      OWN: 'with space',
    });
    expect(statSync(inside('.env')).mode & 0o777).toBe(0o600);
    rmSync(inside('gatehouse.yaml'));
    writeFileSync(inside('.env'), 'ONLY=mine\n');
    expect((await yes('--no-doctor')).stdout).toContain(`Kept as it is: ${inside('.env')}`);
    expect(readFileSync(inside('.env'), 'utf8')).toBe('ONLY=mine\n');
  });

  it.each([
    [['--url', 'nowhere'], /--url: write a web address/],
    [['--transport', 'http'], /Slack reaches only https/],
    [['--transport', 'pigeon'], /--transport: write socket or http/],
    [['--environment', 'production'], /--environment: write a channel id.*production=#deploys/],
    [['--environment', 'a b=#c'], /--environment: /],
    [['--reviewers', 'ana'], /--reviewers: write channel, or ids/],
    [['--time-zone', 'Mars/North'], /--time-zone: write an IANA time zone/],
    [['--office-hours', 'always'], /--office-hours: /],
    [['--database', 'mysql'], /--database: write embedded/],
  ])('refuses %j', async (flags, words) => {
    const out = new PassThrough();
    const terminal = { input: new PassThrough(), output: out, isTerminal: false, variables: {} };
    const given = init(['--yes', '--config', inside('gatehouse.yaml'), ...flags], terminal);
    await expect(given).rejects.toThrow(WrongUsage);
    await expect(given).rejects.toThrow(words);
    expect(existsSync(inside('gatehouse.yaml'))).toBe(false);
  });

  it('without a terminal says how', async () => {
    const { code, stderr } = await startGate(['init'], { cwd: directory }).ended;
    expect(code).toBe(2);
    expect(stderr).toMatch(/there is no terminal to ask on\nhint: pass --yes/);
  });
});

const id = (letter: string) => fc.stringMatching(/^[A-Z0-9]{2,10}$/).map((rest) => `${letter}${rest}`);
const answers = fc.record({
  url: fc.webUrl({ validSchemes: ['http', 'https'] }).map((url) => url.replace(/\/+$/, '')),
  transport: fc.constantFrom('socket' as const, 'http' as const),
  environments: fc.uniqueArray(
    fc.record({
      name: fc.stringMatching(/^[A-Za-z0-9][A-Za-z0-9_.-]{0,20}$/).filter((name) => name !== '__proto__'),
      channel: fc.oneof(
        fc
          .stringMatching(/^#[^\s#]{1,40}$/)
          .filter((name) => /^[^\p{Cs}]*$/u.test(name) && !name.includes('${')),
        id('C'),
      ),
      reviewers: fc.oneof(
        fc.constant('channel' as const),
        fc.record({
          users: fc.array(id('U'), { minLength: 1, maxLength: 3 }),
          groups: fc.array(id('S'), { maxLength: 2 }),
        }),
      ),
    }),
    { minLength: 1, maxLength: 4, selector: ({ name }) => name },
  ),
  timeZone: fc.constantFrom('UTC', 'Europe/Berlin', 'America/Argentina/Buenos_Aires', 'Etc/GMT+5'),
  officeHours: fc.constantFrom(null, 'Mon-Fri 09:00-18:00', 'Mon-Thu 09:00-18:00, Fri 09:00-15:00'),
  databaseUrl: fc.constantFrom(null, '', "postgres://gate:p'a$s%40@host:5432/gate"),
});

describe('what it writes', () => {
  it('is read back as it was meant, whatever was answered', () => {
    fc.assert(
      fc.property(answers, (given) => {
        const config = readConfig(configText(given), {});
        expect(config.url).toBe(given.url);
        expect(config.environments.size).toBe(given.environments.length);
        for (const { name, channel, reviewers } of given.environments)
          expect(config.environments.get(name)).toMatchObject({
            channel,
            reviewers,
            timeZone: given.timeZone,
          });
      }),
      { numRuns: 200 },
    );
  });

  it('also the secrets, to Node', () => {
    const value = fc
      .oneof(fc.stringMatching(/^[\x21-\x7e]{0,30}$/), fc.constant("postgres://a:b$c'd@h/x"))
      .filter((text) => !/'.*"|".*'|['`\\]/.test(text));
    fc.assert(
      fc.property(
        answers,
        fc.dictionary(fc.stringMatching(/^[A-Z][A-Z0-9_]{2,20}$/), value),
        (given, known) => {
          const read = parseEnv(envText({ ...given, databaseUrl: null }, known));
          expect(read).toMatchObject(known);
        },
      ),
    );
  });

  it('makes the app for Socket Mode without any address, and keeps everything else of the manifest', () => {
    const text = readFileSync(new URL('../../manifest.yml', import.meta.url), 'utf8');
    const original = parse(text);
    const socket = parse(manifestFor(text, { url: 'http://localhost:3000', transport: 'socket' }));
    expect(socket.settings.socket_mode_enabled).toBe(true);
    expect(JSON.stringify(socket)).not.toMatch(/https?:/);
    expect(socket.oauth_config.scopes).toEqual(original.oauth_config.scopes);
    expect(socket.settings.event_subscriptions.bot_events).toEqual(['app_home_opened']);
    const http = parse(manifestFor(text, { url: 'https://gate.acme.example/', transport: 'http' }));
    expect(JSON.stringify(http)).toBe(
      JSON.stringify(original).replaceAll('gate.example.com', 'gate.acme.example'),
    );
    expect(
      appLink(manifestFor(text, { url: 'https://gate.acme.example', transport: 'http' })).length,
    ).toBeLessThan(4000);
  });

  it.each([
    ['channel', { value: 'channel' }],
    ['U0ANA S0DBA,W0BEN', { value: { users: ['U0ANA', 'W0BEN'], groups: ['S0DBA'] } }],
    ['@ana', { why: expect.stringContaining('ids of people') }],
    ['', { why: expect.stringContaining('ids of people') }],
  ])('reads %j as who may approve', (typed, expected) => {
    expect(readReviewers(typed)).toEqual(expected);
  });
});
