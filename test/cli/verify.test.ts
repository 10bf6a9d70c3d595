import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { type Command, commandText } from '../../src/core/command/command.ts';
import { digestOf } from '../../src/core/command/digest.ts';
import { type Envelope, seal } from '../../src/core/proof/envelope.ts';
import { type RecordBody, sealRecord } from '../../src/core/proof/record.ts';
import { verifyRecord } from '../../src/core/proof/verify.ts';
import { freshDirectory, startGate } from '../support/gate-process.ts';
import { newKey } from '../support/stub-gate.ts';

const key = newKey();
const command: Command = { kind: 'argv', argv: ['kubectl', 'delete', 'pod', `it's`, 'two words', ''] };
const program = { path: '/usr/bin/kubectl', sha256: 'a'.repeat(64) };
const salt = 'salt-salt-salt-salt';

function record(change: Partial<RecordBody> = {}, action: object = {}): Envelope {
  const where = { environment: 'production', cwd: '/srv/app', program };
  const body: RecordBody = {
    type: 'approved',
    subject: 'req_1',
    digest: digestOf({ command, ...where }, salt),
    at: new Date('2026-11-02T10:00:00Z'),
    facts: {
      requestId: 'req_1',
      requester: { name: 'shop deploys', kind: 'ci', actor: 'octocat' },
      action: { salt, project: 'shop', command: commandText(command), ...where, ...action },
      by: 'people',
      notAfter: '2026-11-02T10:15:00.000Z',
      reviewers: [{ subjectId: 'slack:T1:U1', name: 'Ana', verdict: 'approve', at: '2026-11-02T10:00:00Z' }],
    },
    ...change,
  };
  return sealRecord(body, { id: 'main', seq: 42, prev: `sha256:${'b'.repeat(64)}` }, key, '0.1.0');
}

describe('verifyRecord', () => {
  const check = (envelope: unknown, keys = [key.publicKey]) => verifyRecord(envelope, keys);

  it('lists what it checked', () => {
    const verification = check(record());
    expect(verification).toMatchObject({
      good: true,
      words: { what: 'approved', chain: { seq: 42 }, keyId: key.id },
    });
    expect(verification.steps.map(({ name, outcome }) => `${name} ${outcome}`)).toEqual(
      ['envelope', 'signature', 'statement', 'type', 'key', 'chain', 'digest'].map(
        (name) => `${name} passed`,
      ),
    );
  });

  it.each<[string, Command]>([
    ['shell text', { kind: 'shell', text: 'a && b' }],
    ['one word', { kind: 'argv', argv: ['ls'] }],
    ['quotes', { kind: 'argv', argv: ['echo', `'`, `''x'`, '', '\n', 'a\\b', '"', "'\\''"] }],
    ['an action', { kind: 'action', text: 'Merge it' }],
  ])('recomputes the digest of %s', (_, shown) => {
    const where = { environment: 'production', cwd: '/srv/app', program };
    const envelope = record(
      { digest: digestOf({ command: shown, ...where }, salt) },
      { command: commandText(shown) },
    );
    expect(check(envelope).steps.at(-1)).toMatchObject({ name: 'digest', outcome: 'passed' });
  });

  it('knows events', () => {
    const body = { type: 'started', facts: { requestId: 'req_1' } } as const;
    expect(check(record(body))).toMatchObject({ good: true, words: { what: 'started' } });
  });

  it('does without an erased salt', () => {
    expect(check(record({}, { salt: undefined })).steps.at(-1)).toMatchObject({ outcome: 'skipped' });
  });

  const spoilt = (edit: (statement: Record<string, never>) => void): Envelope => {
    const statement = JSON.parse(Buffer.from(record().payload, 'base64').toString('utf8'));
    edit(statement);
    return seal(JSON.stringify(statement), key);
  };
  it.each<[string, unknown, string]>([
    ['nothing', null, 'malformed'],
    ['no signature', { ...record(), signatures: [] }, 'malformed'],
    ['another payload type', { ...record(), payloadType: 'text/plain' }, 'bad-signature'],
    ['a changed byte', { ...record(), payload: record().payload.replace('e', 'f') }, 'bad-signature'],
    ['no statement', seal('{}', key), 'not-a-statement'],
    ['no JSON', seal('x', key), 'not-a-statement'],
    [
      'another type',
      spoilt((s) => Object.assign(s, { predicateType: 'https://example.com/x' })),
      'unknown-type',
    ],
    ['another key named', spoilt((s) => Object.assign(s.predicate!, { keyId: '00' })), 'other-key-named'],
    ['no place', spoilt((s) => Object.assign(s.predicate!, { chain: { id: 'main' } })), 'no-chain-place'],
    ['another command', record({}, { command: 'kubectl get pods' }), 'digest-differs'],
  ])('refuses %s', (_, envelope, fault) => expect(check(envelope)).toMatchObject({ good: false, fault }));

  it('refuses the signature of another key', () => {
    expect(check(record(), [newKey().publicKey])).toMatchObject({ good: false, fault: 'bad-signature' });
  });

  it('refuses every single byte changed', () => {
    const good = record();
    const body = Buffer.from(good.payload, 'base64');
    for (let at = 0; at < body.length; at += 7) {
      const changed = Buffer.from(body);
      changed[at] = changed[at]! ^ 1;
      expect(check({ ...good, payload: changed.toString('base64') }).good).toBe(false);
    }
  });
});

describe('gate verify', () => {
  const file = (value: unknown): string => {
    const name = path.join(freshDirectory(), 'record.json');
    writeFileSync(name, typeof value === 'string' ? value : JSON.stringify(value));
    return name;
  };
  const verify = (args: string[], env = {}) => startGate(['verify', ...args], { env }).ended;

  it('prints what a grant proves', async () => {
    const { code, stdout } = await verify([file({ grant: record() })], { GATE_PUBLIC_KEY: key.publicKey });
    expect(code).toBe(0);
    expect(stdout).toMatch(/^good: /);
    expect(stdout).toMatch(/^command {6}kubectl delete pod 'it'\\''s' 'two words' ''$/m);
    expect(stdout).toMatch(/^decided by {3}Ana \(slack:T1:U1\): approve at 2026-11-02T10:00:00Z$/m);
    expect(stdout).toMatch(/^chain {8}main, number 42, after sha256:b+…$/m);
  });

  it('prints data', async () => {
    const { stdout } = await verify([file(record()), '--json', '--public-key', key.publicKey]);
    expect(JSON.parse(stdout)).toMatchObject({ good: true, words: { digest: expect.any(String) } });
  });

  it('says what is bad', async () => {
    const { code, stderr } = await verify([file(record()), '--public-key', newKey().publicKey]);
    expect(code).toBe(1);
    expect(stderr).toMatch(/^error: not good: .*\nhint: /);
  });

  it('says what it needs', async () => {
    expect(await verify([file(record())])).toMatchObject({
      code: 2,
      stderr: expect.stringMatching(/no key/),
    });
    expect(await verify([])).toMatchObject({ code: 2 });
    expect(await verify(['/no/such'], { GATE_PUBLIC_KEY: key.publicKey })).toMatchObject({ code: 2 });
    expect(await verify([file('not json')], { GATE_PUBLIC_KEY: key.publicKey })).toMatchObject({ code: 1 });
  });
});
