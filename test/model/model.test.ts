import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { type Behaviour, INJECTED } from '../../src/demo/model/fake-model.ts';
import { createModel } from '../../src/model/create-model.ts';
import type { Model } from '../../src/model/model.ts';
import { until } from '../support/until.ts';
import { type ModelWorld, modelWorld, settingsFor, suggestionOf, unusual } from './world.ts';

const NOTES = { family: 'psql', environment: 'production', notes: ['use pg_repack', 'repack instead'] };
const REASONS = ['use pg_repack', 'not on a Friday', 'use the replica'];
const USES: [name: string, prompt: string, ask: (model: Model) => Promise<object | null>][] = [
  ['explains a command', 'explain-command@1', (model) => model.explainCommand(unusual())],
  ['describes a suggestion', 'describe-suggestion@1', (model) => model.describeSuggestion(suggestionOf())],
  ['summarises notes', 'summarise-notes@1', (model) => model.summariseNotes(NOTES)],
  ['clusters reasons', 'cluster-reasons@1', (model) => model.clusterReasons(REASONS)],
];

describe('the model', () => {
  let world: ModelWorld;
  beforeEach(async () => {
    world = await modelWorld();
  });
  afterEach(() => world.close());

  it.each(USES)('%s, and says which prompt and model wrote it', async (_, prompt, ask) => {
    const answer = await ask(world.model);
    expect(answer).toMatchObject({ prompt, model: 'small-1' });
    expect(world.asked).toEqual([{ prompt, result: 'answered', seconds: expect.any(Number) }]);
    const [call] = world.fake.calls;
    const body = JSON.parse(call?.body ?? '');
    expect(body).toMatchObject({ model: 'small-1', response_format: { type: 'json_schema' } });
    expect(body.response_format.json_schema).toMatchObject({
      strict: true,
      schema: { type: 'object', additionalProperties: false },
    });
    // What only some servers know is in no question.
    expect(Object.keys(body).toSorted()).toEqual(['messages', 'model', 'response_format']);
    expect(JSON.stringify(body.response_format)).not.toMatch(/maxLength|\$schema/);
  });

  const FAILURES: [Behaviour, string][] = [
    ['garbage', 'nonsense'],
    ['wrong-schema', 'nonsense'],
    ['refusal', 'refused'],
    ['cut', 'cut'],
    ['injected', 'unfit'],
    ['web-page', 'nonsense'],
    ['redirect', 'unreachable'],
    ['endless', 'nonsense'],
    [{ status: 500 }, 'error'],
    [{ status: 429 }, 'error'],
    [{ status: 401 }, 'error'],
    [{ says: '' }, 'nonsense'],
    [{ says: 'null' }, 'nonsense'],
  ];
  describe.each(USES)('%s', (_, prompt, ask) => {
    it.each(FAILURES)('%j is no text, asked once', async (behaviour, result) => {
      world.fake.behaviour = behaviour;
      expect(await ask(world.model)).toBeNull();
      expect(world.asked).toMatchObject([{ prompt, result }]);
      expect(world.fake.calls).toHaveLength(1);
    });
  });

  it.each(['held', 'dripping'] as const)('%s is no text after the time-out', async (behaviour) => {
    const { fake } = world;
    const model = createModel(settingsFor(fake.url, { timeoutSeconds: 0.2 }), {
      onAsked: (one) => world.asked.push(one),
    });
    fake.behaviour = behaviour;
    expect(await model.explainCommand(unusual())).toBeNull();
    expect(world.asked).toMatchObject([{ result: 'timeout' }]);
    expect(fake.calls).toHaveLength(1);
  });

  it('whose server is not there is no text', async () => {
    await world.fake.close();
    expect(await world.model.explainCommand(unusual())).toBeNull();
    expect(world.asked).toMatchObject([{ result: 'unreachable' }]);
  });

  it('takes JSON in a fence from models without a schema', async () => {
    const model = createModel(settingsFor(world.fake.url, { answers: 'text' }));
    world.fake.behaviour = { says: '```json\n{"explanation": "Deletes the namespace shop."}\n```' };
    expect(await model.explainCommand(unusual())).toMatchObject({ text: 'Deletes the namespace shop.' });
    expect(world.fake.calls[0]?.body).not.toContain('response_format');
  });

  it('is asked for JSON, and to think little, where that is configured', async () => {
    const model = createModel(settingsFor(world.fake.url, { answers: 'json', reasoning: 'minimal' }));
    await model.explainCommand(unusual());
    expect(JSON.parse(world.fake.calls[0]?.body ?? '')).toMatchObject({
      response_format: { type: 'json_object' },
      reasoning_effort: 'minimal',
    });
  });

  it('is not asked what there is nothing to say about', async () => {
    const { model, fake } = world;
    const long = unusual(`echo ${'x'.repeat(6000)}; rm -rf /`);
    const action = unusual('', { command: { kind: 'action', text: 'restart the database' } });
    expect(await model.explainCommand(long)).toBeNull();
    expect(await model.explainCommand(action)).toBeNull();
    expect(await model.describeSuggestion(suggestionOf({ kind: 'prune', rules: [] }))).toBeNull();
    expect(await model.summariseNotes({ ...NOTES, notes: ['one'] })).toBeNull();
    expect(await model.clusterReasons(['one'])).toBeNull();
    expect([fake.calls, world.asked]).toEqual([[], []]);
  });

  it('is asked by so many at once, the others wait', async () => {
    const { model, fake } = world;
    fake.behaviour = 'held';
    const answers = [1, 2, 3, 4].map(() => model.explainCommand(unusual()));
    await until('two questions', () => fake.waiting() === 2);
    expect(fake.calls).toHaveLength(2);
    fake.behaviour = 'sensible';
    fake.release();
    expect((await Promise.all(answers)).every((answer) => answer !== null)).toBe(true);
    expect(fake.calls).toHaveLength(4);
  });

  it('is left alone after several failures in a row, and tried again by one', async () => {
    const { model, fake, ahead, asked } = world;
    fake.behaviour = { status: 503 };
    for (let count = 0; count < 4; count += 1) {
      expect(model.isResting()).toBe(false);
      await model.explainCommand(unusual());
    }
    expect(model.isResting()).toBe(true);
    await model.explainCommand(unusual());
    expect(asked.at(-1)?.result).toBe('not-asked');
    expect(fake.calls).toHaveLength(4);

    ahead.ms += 61_000;
    fake.behaviour = 'held';
    const tries = [model.explainCommand(unusual()), model.explainCommand(unusual())];
    await until('the one that tries', () => fake.waiting() === 1);
    fake.release();
    expect((await Promise.all(tries)).filter((answer) => answer !== null)).toHaveLength(1);
    expect(fake.calls).toHaveLength(5);
    expect(model.isResting()).toBe(false);
  });

  it('is left alone longer when it fails again', async () => {
    const { model, fake, ahead } = world;
    fake.behaviour = 'garbage';
    for (let count = 0; count < 4; count += 1) await model.explainCommand(unusual());
    ahead.ms += 61_000;
    await model.explainCommand(unusual());
    expect(fake.calls).toHaveLength(5);
    ahead.ms += 61_000;
    expect(model.isResting()).toBe(true);
    ahead.ms += 60_000;
    expect(model.isResting()).toBe(false);
  });

  it('is not left alone for what commands make it say', async () => {
    const { model, fake } = world;
    for (const behaviour of ['injected', 'refusal', 'injected', 'injected', 'refusal'] as const) {
      fake.behaviour = behaviour;
      await model.explainCommand(unusual());
    }
    expect(model.isResting()).toBe(false);
  });

  it('ends at once when the gate closes', async () => {
    const { model, fake } = world;
    fake.behaviour = 'held';
    const answers = [1, 2, 3].map(() => model.explainCommand(unusual()));
    await until('two questions', () => fake.waiting() === 2);
    model.close();
    expect(await Promise.all(answers)).toEqual([null, null, null]);
    expect(await model.explainCommand(unusual())).toBeNull();
    expect(fake.calls).toHaveLength(2);
  });

  it('says nothing on its own about what was asked: not to the log, not to the console', async () => {
    const said = ['log', 'warn', 'error', 'info', 'debug'] as const;
    const spies = said.map((way) => vi.spyOn(console, way).mockImplementation(() => {}));
    process.env.OPENAI_LOG = 'debug';
    try {
      const model = createModel(settingsFor(world.fake.url), { onAsked: (one) => world.asked.push(one) });
      world.fake.behaviour = { status: 500 };
      await model.explainCommand(unusual('echo marker-in-the-command'));
      expect(spies.flatMap((spy) => spy.mock.calls)).toEqual([]);
      expect(JSON.stringify(world.asked)).not.toContain('marker-in-the-command');
      expect(world.fake.calls[0]?.body).toContain('marker-in-the-command');
    } finally {
      delete process.env.OPENAI_LOG;
      for (const spy of spies) spy.mockRestore();
    }
  });
});

describe('clusters', () => {
  const answerTo = async (clusters: unknown) => {
    const world = await modelWorld();
    world.fake.behaviour = { says: JSON.stringify({ clusters }) };
    const answer = await world.model.clusterReasons(REASONS);
    await world.close();
    return answer?.clusters ?? null;
  };
  const label = 'Repack instead';

  it('name reasons that were sent', async () =>
    expect(await answerTo([{ label, reasons: [0, 2] }])).toEqual([{ label, reasons: [0, 2] }]));
  it.each([
    ['a reason that was not sent', [{ label, reasons: [0, 3] }]],
    ['a reason twice', [{ label, reasons: [0, 0] }]],
    [
      'a reason in two clusters',
      [
        { label, reasons: [0, 1] },
        { label, reasons: [1] },
      ],
    ],
    ['half a reason', [{ label, reasons: [0.5] }]],
    ['no reason', [{ label, reasons: [] }]],
    ['no cluster', []],
    ['a link for a label', [{ label: INJECTED, reasons: [0] }]],
  ])('with %s are none', async (_, clusters) => expect(await answerTo(clusters)).toBeNull());
});

describe('the check', () => {
  const checked = async (behaviour: Behaviour, over = {}) => {
    const world = await modelWorld(over);
    world.fake.behaviour = behaviour;
    const result = await world.model.check();
    await world.close();
    return result;
  };

  it('finds nothing wrong', async () =>
    expect(await checked('sensible')).toEqual({ ok: true, seconds: expect.any(Number) }));
  it.each([
    [{ status: 404 }, {}, /knows no small-1/, /learning\.model\.name/],
    [{ status: 400 }, {}, /does not take the question/, /learning\.model\.answers/],
    [{ status: 429 }, {}, /no more questions/, /credit/],
    [{ status: 500 }, {}, /an error \(500\)/, /server/],
    ['sensible', { apiKey: 'wrong' }, /refuses the key/, /api_key/],
    ['held', { timeoutAtNightSeconds: 0.2 }, /did not answer within 0\.2 s/, /timeout_at_night/],
    ['garbage', {}, /the form/, /answers/],
    ['web-page', {}, /something else than a chat completion/, /\/v1/],
    ['redirect', {}, /cannot be reached/, /redirect/],
    ['refusal', {}, /declined/, /another model/],
    ['sensible', { timeoutSeconds: 0 }, /more than learning\.model\.timeout/, /faster/],
  ] as [Behaviour, object, RegExp, RegExp][])(
    'of %j %j says what is wrong and what to do',
    async (behaviour, over, problem, mend) => {
      const result = await checked(behaviour, over);
      expect(result).toEqual({
        ok: false,
        problem: expect.stringMatching(problem),
        mend: expect.stringMatching(mend),
      });
      // The server quotes the key; we do not.
      expect(JSON.stringify(result)).not.toMatch(/Bearer|key-of-the-fake/);
    },
  );
});
