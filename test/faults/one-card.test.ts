import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { RequestBody } from '../../src/api.ts';
import { expectInvariants } from '../support/invariants.ts';
import { type Replicas, startReplicas } from '../support/replicas.ts';
import { cardSays, hasButton, TRANSPORTS } from '../support/story.ts';
import { inForm, measured, quantile } from './form.ts';

const PEOPLE = inForm(50, 200);
/** Over each transport. A round takes one to four seconds of two cores. */
const ROUNDS = inForm(1, 20);

let replicas: Replicas;
afterEach(() => expectInvariants(replicas.database, replicas.slack, replicas.publicKey), 60_000);

describe.each(TRANSPORTS)('a crowd at one card, two replicas, %s', (transport) => {
  beforeAll(async () => {
    replicas = await startReplicas(transport);
  }, 120_000);
  afterAll(() => replicas.close());

  const crowd = Array.from({ length: PEOPLE }, (_, i) => `UCROWD${i}`);
  let turn = 0;
  /** Over HTTP each press goes to the other replica; over Socket Mode Slack itself takes turns. */
  const press = <T>(act: () => Promise<T>): Promise<T> => {
    const { slack, a, b } = replicas;
    if (transport === 'http') slack.requestUrl = (turn++ % 2 ? a : b).slackUrl;
    return act();
  };

  /** Half of them open the form to deny, some at a time: a trigger is good for three seconds. */
  async function openForms(people: string[], card: { channel: string; ts: string }) {
    const { slack } = replicas;
    const forms = new Map<string, string>();
    for (let from = 0; from < people.length; from += 5) {
      const some = people.slice(from, from + 5);
      await Promise.all(some.map((person) => press(() => slack.click(person, card, 'deny'))));
      for (const person of some) {
        const what = `the form of ${person}`;
        const form = await slack.waitFor(() => slack.openViews(person)[0], { what, timeoutMs: 20_000 });
        forms.set(person, form.id);
      }
    }
    return forms;
  }

  it(`of ${PEOPLE} who approve and deny at the same time one decides, and all others are told, ${ROUNDS} times`, async () => {
    const { slack, a, ask, read, cardOf } = replicas;
    for (const id of crowd) {
      slack.people.set(id, { id, name: id.toLowerCase(), realName: id });
      slack.invite('C0PROD', id);
    }
    const waited: number[] = [];
    for (let round = 0; round < ROUNDS; round++) {
      const { id } = await ask(a, 'production', 'echo', `round ${round}`);
      const card = await cardOf(id);
      const forms = await openForms(
        crowd.filter((_, i) => i % 2),
        card,
      );
      const before = new Map(crowd.map((person) => [person, slack.ephemeralsFor(person).length]));
      const news = (person: string) => slack.ephemeralsFor(person).slice(before.get(person));
      const told = (person: string) => news(person).map((message) => slack.texts(message));

      const presses = await Promise.all(
        crowd.map((person) => {
          const form = forms.get(person);
          if (form) return press(() => slack.submit(person, form, { words: 'Not now' }));
          return press(() => slack.click(person, card, 'approve'));
        }),
      );
      waited.push(...presses.map((press) => pressMs(press)));
      expect(presses.map(({ status }) => status).filter((status) => status !== 200)).toEqual([]);

      const { state, decision } = await decided(() => read(a, id));
      const winner = decision?.people[0]?.name ?? '';
      const losers = crowd.filter((person) => person !== winner);
      expect(losers).toHaveLength(PEOPLE - 1);
      await expect
        .poll(() => losers.filter((person) => news(person).length !== 1), { timeout: 20_000, interval: 50 })
        .toEqual([]);
      const wrong = losers.filter((person) => !told(person)[0]?.startsWith(`Already ${state} by ${winner}`));
      expect(wrong.map(told)).toEqual([]);
      expect(told(winner)).toEqual([]);
      await cardSays(slack, card, new RegExp(`${state} by ${winner} in Slack`, 'i'));
      expect(hasButton(slack, card, 'approve') || hasButton(slack, card, 'deny')).toBe(false);
    }
    measured({
      case: 'S4',
      promise: `of ${PEOPLE} who approve and deny at the same time one decides, all others are told (${transport})`,
      runs: ROUNDS,
      figures: { 'presses answered p50, ms': quantile(waited, 0.5), 'p99, ms': quantile(waited, 0.99) },
    });
  }, 300_000);
});

const decided = async (read: () => Promise<RequestBody>): Promise<RequestBody> => {
  let request = await read();
  await expect
    .poll(async () => {
      request = await read();
      return request.state;
    })
    .not.toBe('pending');
  return request;
};

/** A press on a button, or the sending of a form. */
const pressMs = (pressed: object): number => ('deliveredMs' in pressed ? Number(pressed.deliveredMs) : 0);
