import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { LearningPost } from '../../src/core/learning/post.ts';
import type { Database } from '../../src/store/database.ts';
import { untilDue } from '../../src/store/due-for-slack.ts';
import {
  claimDuePosts,
  finishPost,
  orderPosts,
  postponePost,
  renewPost,
  showPostAnew,
  showPostAt,
} from '../../src/store/learning-posts.ts';
import { learningPosts } from '../../src/store/schema/learning.ts';
import { advance } from '../support/clock.ts';
import { DATABASE_KINDS, freshDatabase } from '../support/databases.ts';

const PLACE = { channel: 'C1', ts: '1.000001' };
const post = (key: string, suggestionId = 'sug_1') => ({
  key,
  channel: '#deploys',
  payload: { kind: 'suggestion', suggestionId } satisfies LearningPost,
});

describe.each(DATABASE_KINDS)('messages of the learning side, %s', (kind) => {
  let database: Database;
  beforeAll(async () => {
    database = await freshDatabase(kind);
  });
  afterAll(() => database.close());
  beforeEach(() => database.db.delete(learningPosts));
  const claim = async () => claimDuePosts(database, 10, 30);

  it('are ordered once, and held by one hand until the lease ends', async () => {
    await orderPosts(database.db, [post('a'), post('b')]);
    await orderPosts(database.db, [post('a', 'another')]);
    const first = await claim();
    expect(first.map(({ key }) => key)).toEqual(['a', 'b']);
    expect(first[0]).toMatchObject({ payload: { suggestionId: 'sug_1' }, ts: null, attempts: 1 });
    expect(await claim()).toEqual([]);
    await advance(database, '31 seconds');
    expect((await claim()).map(({ attempts }) => attempts)).toEqual([2, 2]);
  });

  it('are done when they stand there, and due again when asked for or put off', async () => {
    await orderPosts(database.db, [post('a')]);
    const [due] = await claim();
    await postponePost(database.db, due?.id ?? 0, 5, 'Slack does not answer');
    expect(await claim()).toEqual([]);
    expect((await untilDue(database)).posts).toBeGreaterThan(1000);
    await advance(database, '6 seconds');
    const [again] = await claim();
    if (!again) throw new Error('not due');
    await finishPost(database.db, again, PLACE);
    expect((await untilDue(database)).posts).toBe(Number.POSITIVE_INFINITY);
    await showPostAnew(database.db, 'a');
    await showPostAnew(database.db, 'unknown');
    expect(await claim()).toMatchObject([{ key: 'a', ...PLACE }]);
  });

  it('renewed while somebody posts it, it stays with them and is due once more', async () => {
    await orderPosts(database.db, [post('a')]);
    const [due] = await claim();
    if (!due) throw new Error('not due');
    await renewPost(database.db, post('a', 'sug_2'));
    expect(await claim()).toEqual([]);
    await finishPost(database.db, due, PLACE);
    const [again] = await claim();
    expect(again).toMatchObject({ ...PLACE, payload: { suggestionId: 'sug_2' } });
    await finishPost(database.db, again ?? due, PLACE);
    expect(await claim()).toEqual([]);
  });

  it('are found by where they stand', async () => {
    await orderPosts(database.db, [post('a')]);
    const [due] = await claim();
    if (due) await finishPost(database.db, due, PLACE);
    expect(await showPostAt(database.db, { ...PLACE, ts: '2.0' })).toBe(false);
    expect(await showPostAt(database.db, PLACE)).toBe(true);
    expect(await claim()).toHaveLength(1);
  });
});
