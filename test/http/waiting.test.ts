import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { DATABASE_KINDS, freshDatabase } from '../support/databases.ts';
import { startTestGate, type TestGate } from '../support/gate.ts';
import { until } from '../support/until.ts';

describe.each(DATABASE_KINDS)('a client that waits, %s', (kind) => {
  let gate: TestGate;
  let token: string;
  beforeAll(async () => {
    gate = await startTestGate(await freshDatabase(kind));
    gate.deps.canAsk = true;
    token = await gate.token();
  });
  afterAll(() => gate.close());
  const ask = async (): Promise<string> => {
    const body = { environment: 'staging', argv: ['kubectl', 'drain', 'node-1'] };
    return (await gate.call('POST', '/api/v1/requests', { token, body })).body.id;
  };

  it('is answered with the same headers and the same words as one that does not', async () => {
    const id = await ask();
    // Of one that is over nothing changes any more.
    await gate.call('POST', `/api/v1/requests/${id}/withdraw`, { token, body: {} });
    const plain = await gate.call('GET', `/api/v1/requests/${id}`, { token });
    const path = `/api/v1/requests/${id}?wait=1&version=${plain.body.version}`;
    const waited = await gate.call('GET', path, { token });
    const named = (headers: Headers) =>
      [...headers.keys()].filter((name) => !['date', 'connection', 'keep-alive'].includes(name)).toSorted();
    expect(waited.status).toBe(200);
    expect(waited.body).toEqual(plain.body);
    expect(named(waited.headers)).toEqual(named(plain.headers));
    expect(waited.headers.get('content-type')).toBe(plain.headers.get('content-type'));
  });

  it('is let go when it leaves', async () => {
    const id = await ask();
    await gate.call('POST', `/api/v1/requests/${id}/withdraw`, { token, body: {} });
    const { version } = (await gate.call('GET', `/api/v1/requests/${id}`, { token })).body;
    const [starts, stops]: [number[], number[]] = [[], []];
    const { onRequest } = gate.deps.changes;
    gate.deps.changes.onRequest = (requestId, watcher) => {
      const stop = onRequest(requestId, watcher);
      starts.push(1);
      return () => {
        stops.push(1);
        stop();
      };
    };
    const leave = new AbortController();
    const waiting = fetch(new URL(`/api/v1/requests/${id}?wait=50&version=${version}`, gate.address), {
      headers: { authorization: `Bearer ${token}` },
      signal: leave.signal,
    });
    await until('it to wait', () => starts.length === 1);
    expect(stops).toEqual([]);
    leave.abort();
    await expect(waiting).rejects.toThrow();
    await until('it to be let go', () => stops.length === 1);
  });
});
