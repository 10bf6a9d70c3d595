import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import type { Database } from '../../src/store/database.ts';
import { freshDatabase } from '../support/databases.ts';
import { DEPLOYS, type Surface, startSurface } from './surface.ts';

describe('the socket', () => {
  let database: Database;
  let surface: Surface;
  beforeAll(async () => {
    database = await freshDatabase('embedded');
    surface = await startSurface(database, { mode: 'socket' });
  });
  afterAll(async () => {
    await surface.stop();
    await database.close();
  });
  const status = () => surface.running.status();
  const connected = () =>
    vi.waitUntil(() => surface.slack.socketMode.connections() > 0 && status().ok, { timeout: 10_000 });
  const approves = async (word: string) => {
    await surface.ask({ command: { kind: 'argv', argv: ['echo', word] } });
    const { ts } = await surface.card(`echo ${word}`);
    await connected();
    await surface.slack.click('UANA', { channel: DEPLOYS, ts }, 'approve');
    await surface.card(`approved[\\s\\S]*echo ${word}`);
  };

  it('is opened again when Slack asks for it', async () => {
    surface.slack.socketMode.disconnect();
    await surface.slack.waitFor(() => surface.slack.socketMode.connections() === 0);
    await approves('refreshed');
  });

  it('is opened again when it breaks', async () => {
    surface.slack.socketMode.cut();
    await approves('cut');
  });

  it('is opened again after Slack was down, and says so meanwhile', async () => {
    surface.slack.down = true;
    const problem = await vi.waitUntil(() => !status().ok && status().problem);
    expect(problem).toMatch(/connection|request/);
    await vi.waitUntil(() => /request error/.test(status().problem ?? ''), { timeout: 5000 });
    surface.slack.down = false;
    await connected();
    await approves('back');
  });
});
