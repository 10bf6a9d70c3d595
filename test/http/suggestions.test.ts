import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { PROBLEMS, type ProblemCode } from '../../src/http/problems.ts';
import { DATABASE_KINDS, freshDatabase } from '../support/databases.ts';
import { callerOf } from '../support/deps.ts';
import { startTestGate, type TestGate } from '../support/gate.ts';
import { decided } from '../support/history.ts';
import { openSuggestion } from '../support/learning.ts';

describe.each(DATABASE_KINDS)('suggestions over HTTP, %s', (kind) => {
  let gate: TestGate;
  let admin: string;
  let ci: string;
  let ana: string;
  let ben: string;
  beforeAll(async () => {
    gate = await startTestGate(await freshDatabase(kind));
    gate.deps.canAsk = true;
    admin = gate.adminToken.token;
    ci = await gate.token();
    ana = await gate.token({ name: 'ana', kind: 'human', owner: 'UANA' });
    ben = await gate.token({ name: 'ben', kind: 'human', owner: 'UBEN' });
  });
  afterAll(() => gate.close());

  let count = 0;
  const open = async (over = {}) => {
    count += 1;
    return openSuggestion(gate.deps.database, {
      id: `sug_${kind}_${count}`,
      family: `fam_${count}`,
      rules: [`deployctl v${count} {svc:api,web}`],
      environment: 'staging',
      evidence: { examples: [`deployctl v${count} api`, `deployctl v${count} web`] } as never,
      ...over,
    });
  };
  const post = (id: string, verb: string, body: unknown, token = admin) =>
    gate.call('POST', `/api/v1/suggestions/${id}/${verb}`, { token, body });
  const refused = async (answer: Promise<{ status: number; body: { type: string } }>, code: ProblemCode) => {
    const { status, body } = await answer;
    expect({ status, type: body.type }).toEqual({ status: PROBLEMS[code][0], type: `/docs#${code}` });
  };

  it('lists, shows, accepts, lets pass and undoes', async () => {
    const { id } = await open();
    const { body } = await gate.call('GET', '/api/v1/suggestions', { token: ci });
    expect(body).toMatchObject({ total: 1, suggestions: [{ id, version: 1, evidence: { approvals: 6 } }] });
    const shown = await gate.call('GET', `/api/v1/suggestions/${id}`, { token: admin });
    expect(shown.body.narrowings).toContainEqual({ key: 'value:0:1', says: '{svc:api,web} without web' });
    const done = await post(id, 'accept', { version: 1 });
    expect(done.body).toMatchObject({
      missing: 0,
      added: [{ state: 'in force', suggestion: id, source: 'suggested' }],
    });
    const ask = () =>
      gate.call('POST', '/api/v1/requests', {
        token: ci,
        body: { environment: 'staging', argv: ['deployctl', `v${count}`, 'api'] },
      });
    expect((await ask()).body.state).toBe('approved');
    const undone = await gate.call('POST', `/api/v1/suggestions/${id}/undo`, { token: admin });
    expect(undone.body).toMatchObject({ suggestion: { state: 'not-now' }, revoked: [{ state: 'revoked' }] });
    expect((await ask()).body.state).toBe('pending');
  });

  it('takes answers from administrators and from people, within what their token is for', async () => {
    const { id } = await open({ environment: 'production' });
    await refused(post(id, 'accept', { version: 1 }, ci), 'person-needed');
    const staging = await gate.token({ kind: 'human', owner: 'UDAN', environments: ['staging'] });
    await refused(post(id, 'accept', { version: 1 }, staging), 'not-found');
    // Who asks with the token profits: somebody else has to accept it, too.
    expect((await post(id, 'accept', { version: 1 }, ana)).body).toMatchObject({
      missing: 1,
      suggestion: { state: 'half', accepted_by: ['ana'] },
    });
    await refused(post(id, 'accept', { version: 2 }, ana), 'accepted-before');
    expect((await post(id, 'accept', { version: 2 }, ben)).body).toMatchObject({ missing: 0 });
    await refused(post(id, 'never', { version: 3 }), 'answered-before');
  });

  it('narrows, puts off and refuses', async () => {
    const { id } = await open();
    await refused(post(id, 'narrow', { version: 1, keys: ['value:9:9'] }), 'not-narrower');
    await refused(post(id, 'narrow', { version: 7, keys: ['value:0:1'] }), 'suggestion-changed');
    const made = (await post(id, 'narrow', { version: 1, keys: ['value:0:1'] })).body;
    expect(made).toMatchObject({ state: 'open', narrowed_from: id, rules: [`deployctl v${count} api`] });
    expect((await post(made.id, 'not-now', { version: made.version })).body).toMatchObject({
      state: 'not-now',
    });
    const other = await open();
    expect((await post(other.id, 'never', { version: 1, reason: 'no' })).body).toMatchObject({
      state: 'never',
      reason: 'no',
    });
    await refused(post('sug_none', 'never', { version: 1 }), 'not-found');
    expect((await gate.call('GET', '/api/v1/suggestions?state=never', { token: admin })).body.total).toBe(2);
  });

  it('simulates a changed whitelist against what was decided', async () => {
    const caller = await callerOf(gate.deps);
    const over = { environment: 'payments' };
    gate.deps.environments.set('payments', { ...gate.deps.environments.get('payments')!, approvals: 1 });
    for (const verdict of ['approve', 'approve', 'deny'] as const)
      await decided(gate.deps, caller, { text: `paycmd refund ${verdict}`, verdict, by: 'ana', over });
    const rule = { rule: 'paycmd ping', environment: 'payments', project: '*' };
    await gate.call('POST', '/api/v1/rules', { token: admin, body: rule });
    await gate.call('POST', '/api/v1/requests', {
      token: ci,
      body: { environment: 'payments', argv: ['paycmd', 'ping'] },
    });
    const simulate = (rules: object[], more = {}) =>
      gate.call('POST', '/api/v1/rules/simulate', {
        token: admin,
        body: { rules, environment: 'payments', ...more },
      });
    expect((await simulate([rule])).body).toMatchObject({
      decisions: 4,
      would_run: [],
      would_ask: [],
      denied_would_run: [],
    });
    expect((await simulate([{ rule: 'paycmd refund *', environment: 'payments' }])).body).toMatchObject({
      would_run: [
        { environment: 'payments', family: 'paycmd', count: 2, examples: ['paycmd refund approve'] },
      ],
      would_ask: [{ family: 'paycmd', count: 1, examples: ['paycmd ping'] }],
      denied_would_run: [{ count: 1, examples: ['paycmd refund deny'] }],
    });
    expect((await simulate([{ rule: 'paycmd refund *', environment: 'staging' }, rule])).body).toMatchObject({
      would_run: [],
      would_ask: [],
    });
    await refused(simulate([{ rule: 'bash **', environment: 'payments' }]), 'invalid-rules');
    await refused(
      gate.call('POST', '/api/v1/rules/simulate', { token: ana, body: { rules: [] } }),
      'admin-only',
    );
  });

  it('reports', async () => {
    const { body } = await gate.call('GET', '/api/v1/report?environment=payments&days=7', { token: admin });
    expect(body).toMatchObject({
      days: 7,
      decided: 4,
      passed: 1,
      by_people: 3,
      hit_rate: 0.25,
      answerers: [{ name: 'ana', decisions: 3 }],
    });
    const blind = await gate.token({ environments: ['staging'] });
    expect(
      (await gate.call('GET', '/api/v1/report?environment=payments', { token: blind })).body.decided,
    ).toBe(0);
  });

  it('a rule in the shadow travels through a file, and a suspended one is not lifted by it', async () => {
    const { id } = await open();
    const [rule] = (await post(id, 'accept', { version: 1, shadow_days: 7 })).body.added;
    expect(rule).toMatchObject({ state: 'in the shadow', shadow_until: expect.any(String) });
    const line = {
      rule: rule.rule,
      environment: rule.environment,
      project: rule.project,
      family: rule.family,
      source: rule.source,
      expires_at: rule.expires_at,
      shadow_until: rule.shadow_until,
    };
    const importing = (rules: object[], dry_run = true) =>
      gate.call('POST', '/api/v1/rules/import', { token: admin, body: { rules, dry_run } });
    expect((await importing([line])).body).toMatchObject({ same: 1, added: 0 });
    expect((await importing([{ ...line, shadow_until: null }])).body).toMatchObject({ same: 0, added: 1 });
  });
});
