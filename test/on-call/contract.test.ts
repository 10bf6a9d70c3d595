import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { OnCall } from '../../src/on-call/on-call.ts';
import { HOSTILE, HOSTILE_SECRET, page } from './page.ts';
import { type Trouble, WORLDS, type World } from './worlds.ts';

const { key } = page();
const over = page({ ending: 'approved by Ana' });

describe.each(WORLDS)('%s', (name, start) => {
  let world: World;
  let onCall: OnCall;
  beforeEach(async () => {
    world = await start();
    onCall = world.onCall;
  });
  afterEach(() => world.close());

  it('opens one incident', async () => {
    expect(await onCall.trigger(page())).toMatchObject({ ok: true });
    expect(world.opened(key)).toBe(1);
    expect(world.isOpen(key)).toBe(true);
    expect(world.received()).toContain('kubectl delete pod web-1');
    expect(world.received()).toContain('https://gate.example.com/requests/r1');
  });

  it('keeps it one when it is triggered again', async () => {
    for (const waiting of [1, 1, 57]) expect((await onCall.trigger(page({ waiting }))).ok).toBe(true);
    expect(world.opened(key)).toBe(1);
  });

  it('closes it, also twice', async () => {
    await onCall.trigger(page());
    expect(await onCall.resolve(over)).toMatchObject({ ok: true });
    expect(world.isOpen(key)).toBe(false);
    expect(await onCall.resolve(over)).toMatchObject({ ok: true });
    expect(world.opened(key)).toBe(1);
  });

  it('does not ask for an answer any more when it is over, also when nobody says how', async () => {
    await onCall.resolve(page());
    expect(world.received()).not.toContain('approve or deny there');
  });

  it('takes the end of what never began', async () => {
    expect(await onCall.resolve(over)).toMatchObject({ ok: true });
    expect(world.opened(key)).toBe(0);
  });

  it('says that somebody looks, and leaves it open', async () => {
    await onCall.trigger(page());
    expect(await onCall.acknowledge(page())).toMatchObject({ ok: true });
    expect(world.isOpen(key)).toBe(true);
  });

  it.each<Trouble>(['down', 'slow', 'cut off', 'busy', 'broken'])(
    'is to be asked again when the other side is %s, and then there is one incident',
    async (trouble) => {
      await world.break(trouble);
      const failed = await (trouble === 'slow' ? world.impatient : onCall).trigger(page());
      expect(failed).toMatchObject({ ok: false, retry: true });
      expect(failed).toHaveProperty('problem', expect.stringMatching(/\w{3}/));
      for (const secret of world.secrets) expect(JSON.stringify(failed)).not.toContain(secret);
      await world.mend();
      expect(world.opened(key)).toBe(0);
      expect(await onCall.trigger(page())).toMatchObject({ ok: true });
      expect(world.opened(key)).toBe(1);
    },
  );

  it('leaves one incident when the answer is lost and the call repeated', async () => {
    await world.break('answer lost');
    expect(await onCall.trigger(page())).toMatchObject({ ok: false, retry: true });
    expect(world.opened(key)).toBe(1);
    await world.mend();
    expect(await onCall.trigger(page())).toMatchObject({ ok: true });
    expect(world.opened(key)).toBe(1);
    expect(await onCall.resolve(over)).toMatchObject({ ok: true });
    expect(world.isOpen(key)).toBe(false);
  });

  it('is not to be asked again when it is refused, and tells no secret', async () => {
    await world.break('refusing');
    const failed = await onCall.trigger(page());
    expect(failed).toMatchObject({ ok: false, retry: false });
    for (const secret of world.secrets) expect(JSON.stringify(failed)).not.toContain(secret);
  });

  it('cuts and defuses whatever it is given', async () => {
    const details = Object.fromEntries(
      Array.from({ length: 100 }, (_, i) => [`${i} ${HOSTILE.slice(0, 300)}`, HOSTILE]),
    );
    const hostile = page({ summary: HOSTILE, environment: HOSTILE, details, ending: null });
    expect(await onCall.trigger(hostile)).toMatchObject({ ok: true });
    expect(world.opened(hostile.key)).toBe(1);
    const received = world.received();
    expect(Buffer.byteLength(received)).toBeLessThan(512 * 1024);
    const found = (what: RegExp) => what.exec(received)?.[0];
    expect(found(/[\0\u001b\u202e]|\\u0000|\\u001b|\\u202e/)).toBeUndefined();
    expect(received.includes(HOSTILE_SECRET)).toBe(false);
    expect(found(/^(Subject|Bcc):/m)).toBeUndefined();
    if (/goalert|grafana|incidentio|rootly|opsgenie/.test(name))
      expect(found(/<script|<img|<!channel|\]\(/)).toBeUndefined();
  });

  it('does not reject, whatever the key', async () => {
    for (const odd of ['a/b?c#d e', 'é😀', '\ud800', 'x'.repeat(255)]) {
      for (const call of [onCall.trigger, onCall.acknowledge, onCall.resolve])
        expect(typeof (await call(page({ key: odd }))).ok).toBe('boolean');
    }
  });
});

it('the wait that a provider asks for is handed on', async () => {
  const [, start] = WORLDS[0]!;
  const world = await start();
  await world.break('busy');
  expect(await world.onCall.trigger(page())).toMatchObject({ retry: true, afterSeconds: 30 });
  await world.close();
});
