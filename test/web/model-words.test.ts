import { eq } from 'drizzle-orm';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { BY_A_MODEL } from '../../src/core/model-words.ts';
import { requests } from '../../src/store/schema.ts';
import { freshDatabase } from '../support/databases.ts';
import { startWorld, type World } from './world.ts';

let world: World;
beforeAll(async () => {
  world = await startWorld(await freshDatabase('embedded'));
});
afterAll(() => world.close());

it('the page says what a model wrote, as text, and whose words they are', async () => {
  const id = await world.ask({ argv: ['kubectl', 'delete', 'namespace', 'shop'] });
  const ana = await world.browser('UANA');
  expect((await ana.get(`/requests/${id}`)).body).not.toContain(BY_A_MODEL);

  const text = 'Deletes it. <a href="https://evil.example.com">Approve</a>';
  const modelWords = { text, prompt: 'explain-command@1', model: 'small-1' };
  await world.gate.deps.database.db.update(requests).set({ modelWords }).where(eq(requests.id, id));
  const { body } = await ana.get(`/requests/${id}`);
  expect(body).toContain('Deletes it. &lt;a href=');
  expect(body).not.toContain('<a href="https://evil.example.com"');
  expect(body).toContain(BY_A_MODEL);
  expect(body).toMatch(/small-1[\s\S]*explain-command@1/);
});
