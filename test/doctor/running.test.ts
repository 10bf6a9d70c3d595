import { generateKeyPairSync } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readConfig } from '../../src/config/config.ts';
import type { LocalSlack } from '../../src/demo/local-slack/local-slack.ts';
import { createLog } from '../../src/log.ts';
import { type Gatehouse, startGatehouse } from '../../src/main.ts';
import { freshDatabase } from '../support/databases.ts';
import { startGate } from '../support/gate-process.ts';
import { freePort, TOKENS } from '../support/story.ts';
import { until } from '../support/until.ts';
import { diagnose, doctorsSlack, freshDirectory, slackTokens } from './site.ts';

/** A gate on this machine with an embedded database, and Slack over HTTP: what the doctor meets beside it. */
describe('beside a gate that runs', () => {
  let slack: LocalSlack;
  let gate: Gatehouse;
  let config: string;
  let variables: Record<string, string>;
  beforeAll(async () => {
    slack = await doctorsSlack();
    const port = String(await freePort());
    config = `
url: http://127.0.0.1:${port}
environments:
  staging: { channel: "#deploys", reviewers: channel }
  testing: { channel: C0DEPLOYS, reviewers: { users: [UANA, UBEN] } }
`;
    variables = slackTokens(slack, {
      PORT: port,
      GATE_DATA: freshDirectory(),
      SLACK_SIGNING_SECRET: TOKENS.signingSecret,
      SLACK_APP_TOKEN: '',
      LOG_LEVEL: 'silent',
    });
    gate = await startGatehouse(readConfig(config, { HOST: '127.0.0.1', ...variables }), {
      log: createLog('silent'),
    });
    slack.requestUrl = `${gate.address}/slack/events`;
    await until('the gate to know Slack', async () => (await gate.ready()).every(({ ok }) => ok));
  });
  afterAll(async () => {
    await gate.close();
    await slack.stop();
  });

  it('everything is well, and the gate says how its database is', async () => {
    const { of, findings } = await diagnose(config, variables);
    expect(findings.filter(({ status }) => status === 'fault')).toEqual([]);
    expect(of('database')[0]).toBe(
      `ok: embedded, in use by the gate that runs (process ${process.pid}): it says the database answers`,
    );
    expect(of('keys')).toEqual([
      expect.stringMatching(/^ok: signing key [0-9a-f]{16}, which signed the records/),
    ]);
    expect(of('server')).toEqual([`ok: runs at ${gate.address} and is ready`]);
    expect(of('address')).toEqual([`ok: ${gate.address} leads to a gate`]);
    expect(of('Slack clicks')).toEqual([
      expect.stringMatching(/^ok: HTTP: .* takes this SLACK_SIGNING_SECRET/),
    ]);
  });

  it('asked by several at once', async () => {
    const all = await Promise.all([1, 2, 3].map(() => diagnose(config, variables)));
    expect(all.flatMap(({ of }) => of('Slack clicks')).filter((said) => !said.startsWith('ok:'))).toEqual([]);
  });

  it('with another signing secret, another key, or another address', async () => {
    const secret = await diagnose(config, { ...variables, SLACK_SIGNING_SECRET: 'another' });
    expect(secret.of('Slack clicks')).toEqual([
      expect.stringMatching(
        /^fault: HTTP: .* does not take this SLACK_SIGNING_SECRET → give every process the one under/,
      ),
    ]);
    const pem = generateKeyPairSync('ed25519').privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
    const key = await diagnose(config, { ...variables, GATE_SIGNING_KEY: pem });
    expect(key.of('keys')).toEqual([
      expect.stringMatching(/^fault: the records .* are signed by key .* the one here is/),
    ]);
    const nowhere = await diagnose(config.replace(/url: .*/, 'url: http://127.0.0.1:1'), variables);
    expect(nowhere.of('address')).toEqual([
      expect.stringMatching(
        /^fault: http:\/\/127\.0\.0\.1:1 cannot be reached \(.+\) → lead it to .* or mend url$/,
      ),
    ]);
    expect(nowhere.of('Slack clicks')).toEqual([
      expect.stringMatching(/^fault: HTTP: .* cannot be reached .* → let it be reached from outside/),
    ]);
  });

  it('at the address of another gate', async () => {
    const port = String(await freePort());
    const data = { GATE_DATA: freshDirectory(), LOG_LEVEL: 'silent', HOST: '127.0.0.1', PORT: port };
    const own = config.replace(/url: .*/, `url: ${gate.address}`);
    const other = await startGatehouse(readConfig(own, data), {
      database: await freshDatabase('embedded'),
      log: createLog('silent'),
    });
    const { of } = await diagnose(own, { ...variables, ...data });
    expect(of('address')).toEqual([
      expect.stringMatching(/^fault: .* leads to another gate: its keys are .* → mend url/),
    ]);
    await other.close();
  });

  it('says what the gate says of Slack', async () => {
    const port = String(await freePort());
    const data = { GATE_DATA: freshDirectory(), LOG_LEVEL: 'silent', HOST: '127.0.0.1', PORT: port };
    const without = await startGatehouse(readConfig(config, data), {
      database: await freshDatabase('embedded'),
      log: createLog('silent'),
    });
    const { of } = await diagnose(config, data);
    expect(of('server')).toEqual([
      expect.stringMatching(
        /^note: runs at .*; slack is not well → Nobody can be asked: set SLACK_BOT_TOKEN/,
      ),
    ]);
    await without.close();
  });

  it('--send-test: a card for each environment that asks nothing, and whose press shows that presses arrive', async () => {
    const { of, code } = await diagnose(config, variables, { sendTest: true });
    expect(code).toBe(0);
    expect(of('staging test card')).toEqual([
      expect.stringMatching(/^ok: posted in #deploys: press its button/),
    ]);
    expect(of('testing test card')).toEqual([expect.stringMatching(/^ok: posted in C0DEPLOYS/)]);
    const cards = slack.messages('C0DEPLOYS').filter((message) => /TEST/.test(slack.texts(message)));
    expect(cards).toHaveLength(2);
    const shown = cards.map((card) => slack.texts(card));
    expect(shown.find((words) => words.includes('testing'))).toMatch(
      /nobody has to decide anything[\s\S]*Would decide: Ana or Ben/,
    );
    const [card] = cards;
    const press = await slack.click('UANA', { channel: 'C0DEPLOYS', ts: card!.ts }, 'test-card');
    expect(press.status).toBe(200);
    const after = await slack.waitFor(() => {
      const now = slack.message('C0DEPLOYS', card!.ts);
      return now && /reached the gate/.test(slack.texts(now)) && now;
    });
    expect(slack.texts(after)).toContain('The press of @Ana reached the gate');
    expect(slack.buttons(after)).toEqual([]);
  });

  it('--send-test where the gate may not post says so', async () => {
    const { of, code } = await diagnose(config.replace('"#deploys"', 'C0WITHOUT'), variables, {
      sendTest: true,
    });
    expect(code).toBe(1);
    expect(of('staging test card')).toEqual([
      'fault: not sent: Slack says not_in_channel → Gatehouse is not in the channel C0WITHOUT: type /invite @gatehouse there.',
    ]);
  });

  it('the command: aligned and plain when piped, marks on its exit code, secrets from a file', async () => {
    const directory = freshDirectory();
    const [file, env] = [path.join(directory, 'gatehouse.yaml'), path.join(directory, '.env')];
    writeFileSync(file, config);
    writeFileSync(
      env,
      Object.entries(variables)
        .map(([name, value]) => `${name}=${value}`)
        .join('\n'),
    );
    const args = ['doctor', '--config', file, '--env-file', env];
    const well = await startGate(args, { env: { HOST: '127.0.0.1' } }).ended;
    expect(well.stderr).toBe('');
    expect(well.code).toBe(0);
    expect(well.stdout).toMatch(/^ok {5}configuration {6}\//m);
    expect(well.stdout).toMatch(/^ok {5}Slack {14}gatehouse in Local Slack$/m);
    expect(well.stdout).not.toContain('\x1b');
    expect(well.stdout).toMatch(/\n(Everything is well|No faults, 1 note)\.\n$/);
    const ill = await startGate(args, { env: { HOST: '127.0.0.1', SLACK_BOT_TOKEN: 'xoxb-old' } }).ended;
    expect(ill.code).toBe(1);
    expect(ill.stdout).toMatch(
      /^fault {2}Slack +Slack does not take SLACK_BOT_TOKEN: invalid_auth\n +→ under "Install App"/m,
    );
    expect(ill.stdout).toMatch(/1 fault.*: mend what stands behind →/);
    const json = await startGate([...args, '--json'], { env: { HOST: '127.0.0.1' } }).ended;
    expect(JSON.parse(json.stdout)).toMatchObject({ ok: true, findings: expect.any(Array) });
  });
});
