import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { vote } from '../../src/gate/vote.ts';
import { PROBLEMS, type ProblemCode } from '../../src/http/problems.ts';
import { DATABASE_KINDS, freshDatabase } from '../support/databases.ts';
import { voterNamed } from '../support/deps.ts';
import { startTestGate, type TestGate } from '../support/gate.ts';
import { stubPeople } from '../support/people.ts';

const CONFIG = `
url: http://gate.example.com
environments:
  production: { channel: "#deploys", reviewers: channel, time_zone: Europe/Berlin }
  staging: { channel: "#staging", reviewers: channel }
policies:
  - { name: Schema changes, match: { command: ["psql *"] }, require: { approvals: 2 } }
limits: { requests_per_second: 1000, burst: 1000, pending_per_token: 1000 }
`;

describe.each(DATABASE_KINDS)('notes over HTTP, %s', (kind) => {
  let gate: TestGate;
  let admin: string;
  let ci: string;
  let ana: string;
  beforeAll(async () => {
    gate = await startTestGate(await freshDatabase(kind), { config: CONFIG });
    gate.deps.canAsk = true;
    const people = stubPeople([]);
    gate.deps.people = {
      ...people,
      voter: async (who, environment) => ({
        ...(await people.voter({ ...who, name: 'Ana' }, environment)),
        isReviewer: who.userId === 'UANA' && environment.name === 'production',
      }),
    };
    admin = gate.adminToken.token;
    ci = await gate.token();
    ana = await gate.token({ name: 'ana', kind: 'human', owner: 'UANA' });
  });
  afterAll(() => gate.close());

  const call = (method: string, path: string, body?: object, token = admin) =>
    gate.call(method, `/api/v1/notes${path}`, { token, body });
  const add = (over: object, token = admin) =>
    call('POST', '', { environment: 'production', project: 'shop', text: 'read the wiki', ...over }, token);
  const list = async (query = '', token = admin) =>
    (await call('GET', query, undefined, token)).body.notes.map(({ text }: { text: string }) => text);
  const ask = async (command: string, over = {}, token = ci) =>
    gate.call('POST', '/api/v1/requests', { token, body: { environment: 'production', command, ...over } });
  const deny = async (command: string, reason: string) => {
    const requestId = (await ask(command)).body.id;
    const voter = voterNamed('Ana', { userId: 'UANA' });
    await vote(gate.deps, { requestId, voter, verdict: 'deny', reason, method: 'card' });
  };
  const refused = async (answer: Promise<{ status: number; body: { type: string } }>, code: ProblemCode) => {
    const { status, body } = await answer;
    expect({ status, type: body.type }).toEqual({ status: PROBLEMS[code][0], type: `/docs#${code}` });
  };

  it('the very first answer to a similar request carries what was said, before any card', async () => {
    await deny('psql -c "vacuum full orders"', 'use pg_repack');
    const { status, body } = await ask('psql -c "vacuum full customers"');
    expect({ status, posted: body.asked.posted }).toEqual({ status: 202, posted: false });
    expect(body.notes).toEqual([expect.stringMatching(/^denied on \d+ \w+ by Ana: use pg_repack$/)]);
    expect((await ask('psql -l', { environment: 'staging' })).body.notes).toEqual([]);
    expect((await gate.call('GET', `/api/v1/requests/${body.id}`, { token: ci })).body.notes).toEqual(
      body.notes,
    );
  });

  it('adds on a kind of command, or on a command of that kind', async () => {
    const { status, body } = await add({ family: 'kubectl  delete', target: 'namespace/shop' });
    expect({ status, ...body }).toMatchObject({
      status: 201,
      family: 'kubectl delete',
      target: 'namespace/shop',
      author: { name: 'admin' },
      denials: 0,
      version: 1,
    });
    expect((await add({ command: 'kubectl -n x delete ns shop' })).body).toMatchObject({
      family: 'kubectl delete',
      target: 'namespace/shop',
    });
    await refused(add({ command: 'rm x; mv a b' }), 'no-one-family');
    await refused(add({ family: 'rm', command: 'rm x' }), 'invalid-fields');
    await refused(add({ command: 'rm x', target: 'x' }), 'invalid-fields');
    await refused(add({ family: 'rm', text: '  ' }), 'invalid-fields');
    await refused(add({ family: 'rm', environment: 'nowhere' }), 'unknown-environment');
    await refused(gate.call('POST', '/api/v1/notes', { token: admin, raw: '{"environment":' }), 'bad-json');
  });

  it('filters by environment, project, kind and words; the retired only when asked for', async () => {
    const { body } = await add({ family: 'helm rollback', text: 'watch the hooks', project: '*' });
    await add({ family: 'helm rollback', text: 'not for billing', project: 'billing' });
    expect(await list('?family=helm%20rollback')).toEqual(['not for billing', 'watch the hooks']);
    expect(await list('?family=helm%20rollback&project=shop')).toEqual(['watch the hooks']);
    expect(await list('?search=HOOKS')).toEqual(['watch the hooks']);
    expect(await list('?search=100%25')).toEqual([]);
    expect(await list('?search=hooks&environment=staging')).toEqual([]);
    expect(await list('?family=helm%20rollback', ci)).toEqual(['watch the hooks']);
    await call('POST', `/${body.id}/retire`, { version: 1 });
    expect(await list('?search=hooks')).toEqual([]);
    expect(await list('?search=hooks&retired=true')).toEqual(['watch the hooks']);
    const staging = await gate.token({ environments: ['staging'] });
    expect(await list('?environment=production', staging)).toEqual([]);
    await refused(call('GET', `/${body.id}`, undefined, staging), 'not-found');
  });

  it('changes what was seen, and nothing else', async () => {
    const { body } = await add({ family: 'flyctl deploy' });
    const edited = await call('PATCH', `/${body.id}`, { version: 1, text: 'read the runbook' });
    expect(edited.body).toMatchObject({ version: 2, text: 'read the runbook', edited_by: 'admin' });
    await refused(call('PATCH', `/${body.id}`, { version: 1, text: 'late' }), 'note-changed');
    await refused(call('POST', `/${body.id}/pin`, { version: 1 }), 'note-changed');
    await refused(call('POST', `/${body.id}/pin`, {}), 'invalid-fields');
    for (const [verb, over] of [
      ['pin', { pinned: true }],
      ['unpin', { pinned: false }],
      ['retire', { retired_by: 'admin' }],
      ['restore', { retired_at: null }],
    ] as const) {
      const { version } = (await call('GET', `/${body.id}`)).body;
      const { status, body: now } = await call('POST', `/${body.id}/${verb}`, { version });
      expect({ status, ...now }).toMatchObject({ status: 200, version: version + 1, ...over });
    }
    await refused(call('POST', '/note_none/pin', { version: 1 }), 'not-found');
  });

  it('lets reviewers of the environment and administrators change notes, and nobody else', async () => {
    const { body } = await add({ family: 'vercel promote' }, ana);
    expect(body).toMatchObject({ author: { name: 'Ana' } });
    const dora = await gate.token({ name: 'dora', kind: 'human', owner: 'UDORA' });
    const edit = (token: string) => call('PATCH', `/${body.id}`, { version: 1, text: 'mine' }, token);
    await refused(edit(ci), 'note-person-needed');
    await refused(edit(dora), 'not-a-reviewer');
    await refused(add({ family: 'x', environment: 'staging' }, ana), 'not-a-reviewer');
    await refused(add({ family: 'x', project: '*' }, ana), 'project-not-allowed');
    const scoped = await gate.token({ kind: 'human', owner: 'UANA', environments: ['staging'] });
    await refused(add({ family: 'x' }, scoped), 'environment-not-allowed');
    const without = gate.deps.people;
    gate.deps.people = null;
    await refused(edit(ana), 'not-a-reviewer');
    gate.deps.people = without;
    expect((await edit(ana)).body).toMatchObject({ text: 'mine', edited_by: 'Ana' });
    await refused(gate.call('GET', '/api/v1/notes'), 'no-token');
  });

  it('lists the policies that denials propose, as far as the token sees', async () => {
    for (const _ of [1, 2, 3]) await deny('kubectl delete pvc data', 'restore first');
    const proposals = async (query: string, token = admin) =>
      (await call('GET', `/proposals${query}`, undefined, token)).body.proposals;
    expect(await proposals('?environment=production')).toMatchObject([
      {
        family: 'kubectl delete',
        target: 'persistentvolumeclaim/data',
        denials: 3,
        reasons: ['restore first'],
        policy: expect.stringContaining('block: "Denied 3 times. People said: “restore first”."'),
      },
    ]);
    expect(await proposals('?environment=staging')).toEqual([]);
    expect(await proposals('', ci)).toHaveLength(1);
    expect(await proposals('', await gate.token({ project: 'other' }))).toEqual([]);
  });

  it('gives the runbook as Markdown', async () => {
    await add({ family: 'psql', text: '# not a heading', project: '*' });
    const runbook = (file: string, token = admin) => gate.call('GET', `/api/v1/runbook/${file}`, { token });
    const { status, body, headers } = await runbook('production.md');
    expect({ status, type: headers.get('content-type') }).toEqual({
      status: 200,
      type: 'text/markdown; charset=utf-8',
    });
    expect(body).toMatch(/^# Runbook: production\n/);
    expect(body).toContain('### Schema changes\n\nNeeds 2 approvals.\n\n```\npsql *\n```');
    expect(body).toContain('- \\# not a heading\n');
    expect(body).toMatch(/\| Ana \| 0 \| \d+ \|/);
    await refused(runbook('nowhere.md'), 'not-found');
    await refused(runbook('production'), 'invalid-fields');
    await refused(runbook('production.md', await gate.token({ environments: ['staging'] })), 'not-found');
    expect((await runbook('production.md', await gate.token({ project: 'other' }))).body).not.toContain(
      'use pg\\_repack',
    );
  });

  it('is documented', async () => {
    const { body } = await gate.call('GET', '/openapi.json');
    for (const [path, methods] of Object.entries({
      '/api/v1/notes': ['get', 'post'],
      '/api/v1/notes/{id}': ['get', 'patch'],
      '/api/v1/notes/{id}/pin': ['post'],
      '/api/v1/notes/{id}/retire': ['post'],
      '/api/v1/notes/proposals': ['get'],
      '/api/v1/runbook/{file}': ['get'],
    }))
      expect(Object.keys(body.paths[path])).toEqual(methods);
    expect((await gate.call('GET', '/docs')).body).toContain('/api/v1/runbook/');
  });
});
