import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { open } from '../../src/core/proof/envelope.ts';
import { PROBLEMS, type ProblemCode } from '../../src/http/problems.ts';
import type { Database } from '../../src/store/database.ts';
import { openPostgres } from '../../src/store/database.ts';
import { advance } from '../support/clock.ts';
import { DATABASE_KINDS, freshDatabase, freshPostgres } from '../support/databases.ts';
import { startTestGate, type TestGate } from '../support/gate.ts';
import { sharedSecrets } from '../support/server-process.ts';

const CONFIG = `
url: http://gate.example.com
environments:
  production: { channel: "#deploys", reviewers: channel }
  staging: { channel: "#staging", reviewers: channel }
  sandbox: { channel: "#sandbox", reviewers: channel }
policies:
  - { name: Freeze, match: { command: ["* frozen*"] }, block: Wait until Monday. }
limits: { requests_per_second: 1000, burst: 1000, pending_per_token: 1000 }
`;

const POD = ['kubectl', 'get', 'pods'];
const WIPE = ['kubectl', 'delete', 'namespace', 'shop'];

const startGate = async (database: Database, variables = {}): Promise<TestGate> => {
  const gate = await startTestGate(database, { config: CONFIG, variables });
  gate.deps.canAsk = true;
  return gate;
};

describe.each(DATABASE_KINDS)('rules over HTTP, %s', (kind) => {
  let gate: TestGate;
  let admin: string;
  let ci: string;
  let ana: string;
  let ben: string;
  beforeAll(async () => {
    gate = await startGate(await freshDatabase(kind));
    admin = gate.adminToken.token;
    ci = await gate.token();
    ana = await gate.token({ name: 'ana', kind: 'human', owner: 'UANA' });
    ben = await gate.token({ name: 'ben', kind: 'human', owner: 'UBEN' });
  });
  afterAll(() => gate.close());

  const add = (body: object, token = admin) =>
    gate.call('POST', '/api/v1/rules', { token, body: { environment: 'staging', ...body } });
  const confirm = (id: string, token: string) => gate.call('POST', `/api/v1/rules/${id}/confirm`, { token });
  const revoke = (id: string, token = admin) => gate.call('DELETE', `/api/v1/rules/${id}`, { token });
  const list = async (query = '', token = admin) =>
    (await gate.call('GET', `/api/v1/rules${query}`, { token })).body;
  const ask = async (over: object, token = ci) =>
    (await gate.call('POST', '/api/v1/requests', { token, body: { environment: 'staging', ...over } })).body;
  const check = (over: object, token = ci) =>
    gate.call('POST', '/api/v1/check', { token, body: { environment: 'staging', ...over } });
  const importing = (body: object, token = admin) =>
    gate.call('POST', '/api/v1/rules/import', { token, body });
  const refused = async (answer: Promise<{ status: number; body: { type: string } }>, code: ProblemCode) => {
    const { status, body } = await answer;
    expect({ status, type: body.type }).toEqual({ status: PROBLEMS[code][0], type: `/docs#${code}` });
  };

  it('approves a covered command at once, with a good grant, and counts it', async () => {
    const { status, body } = await add({ rule: 'kubectl get *' });
    expect({ status, state: body.state }).toEqual({ status: 201, state: 'in force' });
    const request = await ask({ argv: POD });
    expect(request).toMatchObject({ state: 'approved', decision: { by: 'rule', reason: 'kubectl get *' } });
    expect(open(request.grant, [gate.publicKey])).not.toBeNull();
    const [rule] = (await list('?search=get')).rules;
    expect(rule).toMatchObject({ id: body.id, hits: 1, last_matched_at: expect.any(String) });
  });

  it('asks again as soon as the rule is revoked', async () => {
    const { body } = await add({ rule: 'deployctl status *' });
    expect((await ask({ argv: ['deployctl', 'status', 'api'] })).state).toBe('approved');
    expect((await revoke(body.id)).status).toBe(204);
    expect((await ask({ argv: ['deployctl', 'status', 'api'] })).state).toBe('pending');
    await refused(revoke(body.id), 'not-found');
    expect((await list('?all=true&search=deployctl')).rules).toMatchObject([{ state: 'revoked' }]);
  });

  it.each([
    ['environment', {}, { environment: 'production' }],
    ['project', { project: 'shop' }, { project: 'other' }],
    ['repository', { repository: 'acme/shop' }, { context: { repository: 'acme/other' } }],
    ['requester', { requester: 'nightly' }, {}],
    ['cwd', { cwd: '/srv/shop' }, { cwd: '/srv/shop/x' }],
  ])('holds only in its %s', async (name, scope, elsewhere) => {
    const anywhere = await gate.token({ project: '*' });
    const named = await gate.token({ project: '*', name: name === 'requester' ? 'nightly' : 'other' });
    const here = {
      ...(name === 'project' ? { project: 'shop' } : { project: 'p' }),
      ...(name === 'repository' && { context: { repository: 'acme/shop' } }),
      ...(name === 'cwd' && { cwd: '/srv/shop' }),
    };
    const argv = ['echo', name];
    expect((await add({ rule: `echo ${name}`, project: '*', ...scope })).status).toBe(201);
    expect((await ask({ argv, ...here }, named)).state).toBe('approved');
    // What a client says of its actor proves nothing.
    const claimed = { ...elsewhere, ...(name === 'requester' && { context: { actor: 'nightly' } }) };
    expect((await ask({ argv, project: 'p', ...claimed }, anywhere)).state).toBe('pending');
  });

  it('asks about a command whose client took a secret out: nobody but the client knows what runs', async () => {
    await add({ rule: 'echo plain' });
    const digest = { salt: 'x'.repeat(16), sha256: 'a'.repeat(64) };
    expect((await ask({ argv: ['echo', 'plain'] })).state).toBe('approved');
    expect((await ask({ argv: ['echo', 'plain'], redacted: true, digest })).state).toBe('pending');
  });

  it('expires by the clock of the database', async () => {
    await add({ rule: 'echo soon', expires_in_days: 1 });
    expect((await ask({ argv: ['echo', 'soon'] })).state).toBe('approved');
    await advance(gate.deps.database, '25 hours');
    expect((await ask({ argv: ['echo', 'soon'] })).state).toBe('pending');
    expect((await list('?search=soon')).rules).toEqual([]);
    expect((await list('?search=soon&all=true')).rules).toMatchObject([{ state: 'expired' }]);
  });

  it('asks about a CRITICAL command, covered or not, unless an administrator marked the rule', async () => {
    const { body } = await add({ rule: WIPE.join(' ') });
    expect(await ask({ argv: WIPE })).toMatchObject({
      state: 'pending',
      assessment: { level: 'CRITICAL' },
    });
    await revoke(body.id);
    await add({ rule: WIPE.join(' '), allows_critical: true });
    expect((await ask({ argv: WIPE })).state).toBe('approved');
  });

  it('lets a second person confirm what its author profits from, in production', async () => {
    const rule = { rule: 'kubectl rollout restart *', environment: 'production' };
    const asked = { environment: 'production', argv: ['kubectl', 'rollout', 'restart', 'x'] };
    const { body } = await add(rule, ana);
    expect(body).toMatchObject({ state: 'waits for a second person', needs_second_person: true });
    expect((await ask(asked)).state).toBe('pending');
    await refused(confirm(body.id, ana), 'same-person');
    const another = await gate.token({ name: 'ana at home', kind: 'human', owner: 'UANA' });
    await refused(confirm(body.id, another), 'same-person');
    await refused(confirm(body.id, ci), 'person-needed');
    expect((await confirm(body.id, ben)).body.state).toBe('in force');
    expect((await ask(asked)).state).toBe('approved');
    await refused(confirm(body.id, ben), 'confirmed-before');
    await refused(confirm('rul_none', ben), 'not-found');
  });

  it('needs nobody else in staging', async () => {
    expect((await add({ rule: 'npm run lint' }, ana)).body).toMatchObject({
      state: 'in force',
      needs_second_person: false,
      created_by: { name: 'ana' },
    });
  });

  describe('refuses', () => {
    const rules: [string, () => Promise<{ status: number; body: { type: string } }>, ProblemCode][] = [
      ['an invalid rule', () => add({ rule: 'bash **' }), 'invalid-rule'],
      ['an unknown environment', () => add({ rule: 'echo a', environment: 'moon' }), 'unknown-environment'],
      [
        'examples that disagree',
        () => add({ rule: 'echo a', match: ['echo b'], not_match: ['echo a'] }),
        'examples-disagree',
      ],
      ['a mark by a person', () => add({ rule: 'echo a', allows_critical: true }, ana), 'admin-mark'],
      [
        'what would run unanswered here',
        () => add({ rule: 'echo a', environment: 'production', when_unanswered: 'allow' }),
        'unanswered-forbidden',
      ],
      ['a machine', () => add({ rule: 'echo a' }, ci), 'person-needed'],
      ['another project', () => add({ rule: 'echo a', project: '*' }, ana), 'project-not-allowed'],
      ['an import by a person', () => importing({ rules: [], dry_run: true }, ana), 'admin-only'],
      ['a field that is none', () => add({ rule: 'echo a', enviroment: 'x' }), 'invalid-fields'],
      ['a check elsewhere', () => check({ argv: ['ls'], project: 'other' }), 'project-not-allowed'],
      ['a check of nothing', () => check({ command: ' ' }), 'command-not-text'],
    ];
    it.each(rules)('%s', async (_, attempt, code) => refused(attempt(), code));

    it('another environment, and saying why an example disagrees', async () => {
      const narrow = await gate.token({ kind: 'human', owner: 'UANA', environments: ['staging'] });
      await refused(add({ rule: 'echo a', environment: '*' }, narrow), 'environment-not-allowed');
      const { body } = await add({ rule: 'echo a', match: ['echo b'] });
      expect(body.errors).toEqual([{ path: 'match', message: expect.stringContaining('echo b: no rule') }]);
    });
  });

  it('shows a client the rules that may hold for it, page by page', async () => {
    const narrow = await gate.token({ project: 'docs', environments: ['sandbox'] });
    for (const [rule, environment, project] of [
      ['echo one', 'sandbox', 'docs'],
      ['echo two', '*', '*'],
      ['echo three', 'production', 'docs'],
      ['echo four', 'sandbox', 'shop'],
    ])
      await add({ rule, environment, project });
    const texts = async (query: string, token = narrow) =>
      (await list(query, token)).rules.map((one: { rule: string }) => one.rule);
    const docs = '?project=docs';
    expect(await texts(docs)).toEqual(['echo two', 'echo one']);
    expect(await texts('?environment=production')).toEqual(['echo two']);
    expect(await texts('?limit=1&offset=1')).toEqual(['echo one']);
    expect((await list('?limit=1', narrow)).total).toBe(2);
    expect(await texts('?environment=production&project=docs&search=echo', admin)).toEqual([
      'echo three',
      'echo two',
    ]);
  });

  it('says what would become of a command, and stores nothing', async () => {
    await add({ rule: 'helm status *' });
    const before = (await gate.call('GET', '/api/v1/requests?limit=200', { token: admin })).body.requests;
    const [hits] = (await list('?search=helm')).rules;
    const good = await check({ argv: ['helm', 'status', 'api'] });
    expect(good.body).toMatchObject({
      ruling: { kind: 'allow', by: 'rule', because: 'helm status *' },
      covered: true,
      rules: [{ rule: 'helm status *' }],
      assessment: { level: 'LOW' },
    });
    const near = (await check({ command: 'helm status api --debug' })).body;
    expect(near).toMatchObject({
      ruling: { kind: 'ask', reviewers: 'members of #staging' },
      covered: false,
      why: 'no rule covers `helm status api --debug`',
      near: [{ rule: 'helm status *', why: expect.stringContaining('one word more') }],
    });
    expect((await check({ command: 'deploy frozen' })).body).toMatchObject({
      ruling: { kind: 'block', policy: 'Freeze', reason: 'Wait until Monday.' },
      explanation: [{ kind: 'policy', name: 'Freeze', applies: true }, { kind: 'rule' }],
    });
    const after = (await gate.call('GET', '/api/v1/requests?limit=200', { token: admin })).body.requests;
    expect(after.length).toBe(before.length);
    expect((await list('?search=helm')).rules).toEqual([hits]);
  });

  it('documents every route', async () => {
    const { paths } = (await gate.call('GET', '/openapi.json')).body;
    expect(Object.keys(paths)).toEqual(
      expect.arrayContaining([
        '/api/v1/rules',
        '/api/v1/rules/{id}',
        '/api/v1/rules/{id}/confirm',
        '/api/v1/rules/import',
        '/api/v1/check',
      ]),
    );
  });

  describe('a file of rules', () => {
    const line = (rule: string, over: object = {}) => ({ rule, environment: 'staging', ...over });

    it('is compared, then applied as a whole', async () => {
      const twins = [
        await add({ rule: 'echo twin', project: '*' }),
        await add({ rule: 'echo twin', project: '*' }),
      ];
      expect(twins.map(({ status }) => status)).toEqual([201, 201]);
      const waiting = (await add({ rule: 'echo wait', environment: 'production' }, ana)).body;
      const over = line('echo over', { expires_at: '2020-01-01T00:00:00Z' });
      const rules = [line('echo kept'), line('echo new', { match: ['echo new'], hits: 3 }), over];
      await importing({ rules: [line('echo kept'), line('echo twin')], dry_run: false });
      const dry = (await importing({ rules, dry_run: true })).body;
      expect(dry).toMatchObject({ added: 1, revoked: 2, same: 1, expired: 1 });
      expect(dry.revoke[0].rule).toBe('echo twin');
      expect((await list('?search=new')).rules).toEqual([]);
      expect((await importing({ rules, dry_run: false, version: dry.version })).body.added).toBe(1);
      expect((await list()).rules.map((rule: { rule: string }) => rule.rule).sort()).toEqual([
        'echo kept',
        'echo new',
      ]);
      expect((await importing({ rules, dry_run: true })).body).toMatchObject({
        added: 0,
        revoked: 0,
        same: 2,
      });
      await refused(confirm(waiting.id, ben), 'not-found');
    });

    it('changes nothing when the rules changed since', async () => {
      const { version } = (await importing({ rules: [], dry_run: true })).body;
      const { body } = await add({ rule: 'echo meanwhile' });
      await refused(importing({ rules: [], dry_run: false, version }), 'rules-changed');
      expect((await list('?search=meanwhile')).total).toBe(1);
      await revoke(body.id);
    });

    it('changes nothing when one of them is wrong', async () => {
      const before = await list();
      const rules = [line('echo fine'), line('bash **'), line('echo x', { environment: 'moon' })];
      const { status, body } = await importing({ rules, dry_run: false });
      expect(status).toBe(422);
      expect(body.errors.map(({ path }: { path: string }) => path)).toEqual([
        'rules.1.rule',
        'rules.2.environment',
      ]);
      expect(await list()).toEqual(before);
    });

    it('may be larger than other bodies', async () => {
      const rules = Array.from({ length: 1500 }, (_, i) => line(`deployctl status service-${i} --verbose`));
      expect((await importing({ rules, dry_run: true })).body.added).toBe(1500);
      expect((await add({ rule: 'x'.repeat(70_000) })).status).toBe(413);
    });
  });
});

describe('two replicas', () => {
  it('both know a rule, and its end, in their very next decision', async () => {
    const shared = await freshPostgres();
    const { GATE_SIGNING_KEY } = sharedSecrets();
    const [one, two] = [
      await startGate(await openPostgres(shared.url), { GATE_SIGNING_KEY }),
      await startGate(await openPostgres(shared.url), { GATE_SIGNING_KEY }),
    ];
    const token = await one.token();
    const ask = async (gate: TestGate) =>
      (
        await gate.call('POST', '/api/v1/requests', {
          token,
          body: { environment: 'staging', argv: ['echo', 'hello'] },
        })
      ).body.state;
    expect([await ask(one), await ask(two)]).toEqual(['pending', 'pending']);
    const admin = { token: one.adminToken.token };
    const { body } = await one.call('POST', '/api/v1/rules', {
      ...admin,
      body: { rule: 'echo hello', environment: 'staging' },
    });
    expect([await ask(two), await ask(one)]).toEqual(['approved', 'approved']);
    await two.call('DELETE', `/api/v1/rules/${body.id}`, { token: two.adminToken.token });
    expect([await ask(one), await ask(two)]).toEqual(['pending', 'pending']);
    await one.close();
    await two.close();
    await shared.drop();
  });
});
