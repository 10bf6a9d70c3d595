import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { RequestShape } from '../../src/api.ts';
import { vote } from '../../src/gate/vote.ts';
import { freshDatabase } from '../support/databases.ts';
import { PRODUCTION, voterNamed } from '../support/deps.ts';
import { startTestGate, type TestGate } from '../support/gate.ts';

const LIST = { users: ['UBOSS'], groups: [] };

describe('an emergency over HTTP', () => {
  let gate: TestGate;
  let token: string;
  beforeAll(async () => {
    gate = await startTestGate(await freshDatabase('embedded'));
    gate.deps.canAsk = true;
    gate.deps.environments.set('production', {
      ...PRODUCTION,
      emergency: { reviewers: LIST, alone: true, page: null },
    });
    token = await gate.token();
  });
  afterAll(() => gate.close());

  const ask = (over: object = {}) =>
    gate.call('POST', '/api/v1/requests', {
      token,
      body: { environment: 'production', argv: ['echo', 'hello'], emergency: true, ...over },
    });

  it('says that it is one, and who may approve it', async () => {
    const { status, body } = await ask({ reason: 'checkout is down' });
    expect(status).toBe(202);
    expect(RequestShape.parse(body).asked).toMatchObject({
      emergency: true,
      reviewers: 'the emergency list (1 named reviewer)',
      approvals_needed: 1,
    });
  });

  it.each([
    ['without a reason', {}, 422, 'reason-needed', /or it is an emergency. Say why: --reason/],
    [
      'where there is no list',
      { environment: 'staging', reason: 'r' },
      422,
      'no-emergency-here',
      /ask as usual/,
    ],
  ])('%s is refused with a hint', async (_, over, status, code, hint) => {
    const answer = await ask(over);
    expect(answer).toMatchObject({ status, body: { type: `/docs#${code}` } });
    expect(answer.body.hint).toMatch(hint);
  });

  it('whoever owes a retrospective is told which', async () => {
    const { body } = await ask({ reason: 'checkout is down' });
    const voter = voterNamed('boss', { against: LIST });
    await vote(gate.deps, { requestId: body.id, voter, verdict: 'approve', reason: null, method: 'card' });
    const refused = await ask({ reason: 'again' });
    expect(refused).toMatchObject({
      status: 409,
      body: { type: '/docs#retrospective-due', detail: expect.stringContaining('/requests/req_') },
    });
    expect(refused.body.hint).toMatch(/Give it first/);
    const rule = await gate.call('POST', '/api/v1/rules', {
      token: await gate.token({ role: 'admin' }),
      body: { rule: 'echo hello', environment: 'production', project: 'shop' },
    });
    expect(rule).toMatchObject({ status: 409, body: { type: '/docs#retrospective-due' } });
  });
});
