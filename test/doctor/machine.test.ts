import { generateKeyPairSync } from 'node:crypto';
import { chmodSync, mkdirSync, openAsBlob, writeFileSync } from 'node:fs';
import path from 'node:path';
import postgres from 'postgres';
import { afterEach, beforeEach, describe, expect, inject, it } from 'vitest';
import { signingKeyFromPem } from '../../src/core/proof/envelope.ts';
import { openEmbedded, openPostgres } from '../../src/store/database.ts';
import { lockDirectory } from '../../src/store/directory-lock.ts';
import { advance } from '../support/clock.ts';
import { freshPostgres } from '../support/databases.ts';
import { diagnose, freshDirectory, GOOD } from './site.ts';

const pem = () =>
  generateKeyPairSync('ed25519').privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
const PRODUCTION = GOOD.replace('staging', 'production');

describe('the configuration', () => {
  it('that is faulty: every fault with its mend, and nothing else is looked at', async () => {
    const { code, findings, of } = await diagnose('url: nowhere\nenvironments: { a: { channel: deploys } }');
    expect(code).toBe(1);
    expect(of('configuration')).toContainEqual(expect.stringMatching(/^fault: url → write a web address/));
    expect(of('configuration')).toContainEqual(
      expect.stringMatching(/^fault: environments\.a\.channel → write a channel id/),
    );
    expect(new Set(findings.map(({ name }) => name))).toEqual(new Set(['configuration']));
  });
});

describe('PostgreSQL', () => {
  let url: string;
  let drop: () => Promise<void>;
  let admin: postgres.Sql;
  beforeEach(async () => {
    ({ url, drop } = await freshPostgres());
    admin = postgres(url, { max: 1, onnotice: () => {} });
  });
  afterEach(async () => {
    await admin.end();
    await drop();
  });
  const database = async (databaseUrl = url) =>
    (await diagnose(GOOD, { DATABASE_URL: databaseUrl })).of('database');
  const elsewhere = (change: Partial<URL>): string => Object.assign(new URL(url), change).href;

  it('that is well; and that this one does not wait for its disk', async () => {
    const said = await database();
    expect(said[0]).toMatch(/^ok: PostgreSQL \d+\.\d+, all \d+ migrations applied, \d+ MB$/);
    expect(said[1]).toMatch(/^note: it does not wait for its disk.* → set fsync = on/);
  });

  it('that is not there, at a host nobody knows, or without such a database or user', async () => {
    expect(await database(elsewhere({ port: '1' }))).toEqual([
      'fault: nothing listens at 127.0.0.1:1 → start PostgreSQL there, or mend DATABASE_URL',
    ]);
    expect(await database(elsewhere({ hostname: 'no-such-host.invalid' }))).toEqual([
      expect.stringMatching(/^fault: the host no-such-host\.invalid is not known → mend the host/),
    ]);
    expect(await database(elsewhere({ pathname: '/nowhere' }))).toEqual([
      expect.stringMatching(/^fault: there is no database nowhere at .* → make it: createdb nowhere$/),
    ]);
    const said = await database(elsewhere({ password: 'wrong-pass' }));
    expect(said).toEqual([
      'fault: PostgreSQL does not let postgres in → mend user and password in DATABASE_URL',
    ]);
    expect(said.join()).not.toContain('wrong-pass');
  });

  it('that a newer Gatehouse migrated', async () => {
    await admin`insert into drizzle.__drizzle_migrations (hash, created_at) values ('x', 9999999999999)`;
    expect(await database()).toContainEqual(
      expect.stringMatching(/^fault: .*a newer Gatehouse has migrated it → install that version here/),
    );
  });

  it('that is empty, for a user who may make tables and for one who may not', async () => {
    const name = `empty_${Date.now()}`;
    await admin.unsafe(`create database ${name}`);
    await admin.unsafe(`create role ${name} login password 'pass'`);
    const empty = elsewhere({ pathname: `/${name}` });
    expect(await database(empty)).toContainEqual(
      expect.stringMatching(/^ok: .*\d of \d migrations not applied yet: the next start applies them$/),
    );
    const said = await database(elsewhere({ pathname: `/${name}`, username: name, password: 'pass' }));
    expect(said).toContainEqual(
      expect.stringMatching(/^fault: .*and this user may not → grant it: GRANT CREATE/),
    );
    const after = postgres(empty, { max: 1 });
    expect(await after`select to_regclass('public.requests') as made`).toEqual([{ made: null }]);
    await after.end();
    await admin.unsafe(`drop database ${name} with (force)`);
    await admin.unsafe(`drop role ${name}`);
  });

  it('that is too old, or a standby', async () => {
    await admin.unsafe(`create function clock.current_setting(name text) returns text language sql stable as
      $$ select case when name = 'server_version_num' then '140011' when name = 'server_version' then '14.11'
         else pg_catalog.current_setting(name) end $$`);
    expect(await database()).toEqual([
      expect.stringMatching(/^fault: PostgreSQL 14\.11 is too old → the gate needs PostgreSQL 15/),
    ]);
    await admin.unsafe('drop function clock.current_setting');
    await admin.unsafe(
      'create function clock.pg_is_in_recovery() returns boolean language sql as $$ select true $$',
    );
    expect(await database()).toEqual([
      expect.stringMatching(/is a standby.* → name the primary in DATABASE_URL/),
    ]);
  });

  it('whose clock is not that of this machine', async () => {
    const clocks = async () => (await diagnose(GOOD, { DATABASE_URL: url })).of('clocks');
    expect(await clocks()).toEqual(['ok: the database agrees within 5 s']);
    const open = await openPostgres(url, { connections: 1 });
    await advance(open, '20 seconds');
    expect(await clocks()).toEqual([
      expect.stringMatching(
        /^note: the clock of this machine is (1\d|20) s behind that of the database → .*synchronise/,
      ),
    ]);
    await advance(open, '-2 minutes');
    expect(await clocks()).toEqual([
      expect.stringMatching(
        /^fault: .* is 1 min (3\d|40) s ahead of that of the database → deadlines follow/,
      ),
    ]);
    await open.close();
  });

  it('whose records another key signed, or whose key is gone', async () => {
    const own = pem();
    const other = signingKeyFromPem(pem()).id;
    await admin`insert into signing_keys (id, public_key, added_at) values (${other}, 'x', now())`;
    const keys = async (over: Record<string, string>) =>
      (await diagnose(GOOD, { DATABASE_URL: url, ...over })).of('keys');
    expect(await keys({ GATE_SIGNING_KEY: own })).toEqual([
      expect.stringContaining(
        `signed by key ${other}, the one here is ${signingKeyFromPem(own).id} → give this process the key`,
      ),
    ]);
    expect(await keys({})).toEqual([
      expect.stringMatching(/^fault: .*there is none here → give this process the key/),
    ]);
    await admin`insert into signing_keys (id, public_key, added_at) values (${signingKeyFromPem(own).id}, 'x', now())`;
    expect(await keys({ GATE_SIGNING_KEY: own })).toEqual([
      expect.stringMatching(/^ok: .* which signed the records/),
    ]);
  });
});

describe('the embedded database', () => {
  it('before the first start: nothing is made by looking', async () => {
    const data = path.join(freshDirectory(), 'data');
    const { of } = await diagnose(GOOD, { GATE_DATA: data });
    expect(of('database')).toEqual(['ok: embedded: made at the first start']);
    expect(of('keys')).toEqual(['ok: the signing key is made at the first start']);
    expect(() => chmodSync(data, 0o700)).toThrow('ENOENT');
  });

  it('of a gate that does not run; in production it is said what it survives', async () => {
    const data = freshDirectory();
    const loadFrom = await openAsBlob(inject('embeddedTemplate'));
    await (await openEmbedded({ directory: path.join(data, 'database'), loadFrom })).close();
    const { of } = await diagnose(PRODUCTION, { GATE_DATA: data });
    expect(of('database')).toEqual([
      expect.stringMatching(/^ok: embedded, all \d+ migrations applied/),
      expect.stringMatching(
        /^note: embedded: survives a crash of the process.* → for production set DATABASE_URL/,
      ),
    ]);
  });

  it('that another process has, which is no gate that answers', async () => {
    const data = freshDirectory();
    const release = await lockDirectory(path.join(data, 'database'));
    const { of } = await diagnose(GOOD, { GATE_DATA: data });
    expect(of('database')).toEqual([
      expect.stringMatching(
        /^fault: process \d+ has the embedded database, and no gate answers at .* → set PORT and HOST/,
      ),
    ]);
    release();
  });

  it('that is broken', async () => {
    const data = freshDirectory();
    mkdirSync(path.join(data, 'database'));
    writeFileSync(path.join(data, 'database', 'PG_VERSION'), '9.6');
    const { of } = await diagnose(GOOD, { GATE_DATA: data });
    expect(of('database')).toEqual([
      expect.stringMatching(
        /^fault: the embedded database in .* cannot be opened.* → restore it from a backup/,
      ),
    ]);
  });
});

describe('keys and disk', () => {
  it('a key that others may read', async () => {
    const data = freshDirectory();
    const file = path.join(data, 'signing-key.pem');
    writeFileSync(file, pem(), { mode: 0o600 });
    expect((await diagnose(GOOD, { GATE_DATA: data })).of('keys')).toEqual([
      expect.stringMatching(/^ok: signing key [0-9a-f]{16}$/),
    ]);
    chmodSync(file, 0o644);
    expect((await diagnose(GOOD, { GATE_DATA: data })).of('keys')[0]).toBe(
      `fault: others on this machine can read ${file} (mode 644) → chmod 600 ${file}`,
    );
  });

  it('a key that is none', async () => {
    const { of } = await diagnose(GOOD, { GATE_SIGNING_KEY: 'not a key' });
    expect(of('keys')).toEqual([
      expect.stringMatching(/^fault: GATE_SIGNING_KEY cannot be read: .* → set it to an Ed25519 private key/),
    ]);
    const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey.export({
      type: 'pkcs8',
      format: 'pem',
    });
    expect((await diagnose(GOOD, { GATE_SIGNING_KEY: rsa.toString() })).of('keys')[0]).toContain(
      'expected ed25519',
    );
  });

  it('a disk without room', async () => {
    const { of } = await diagnose(GOOD, { GATE_DATA: '/proc/gatehouse' });
    expect(of('disk')).toEqual([
      'fault: 0 MB free in /proc/gatehouse → make room there, or choose another directory with GATE_DATA',
    ]);
  });

  it('a disk with room, as this one has', async () => {
    expect((await diagnose(GOOD)).of('disk')).toEqual([expect.stringMatching(/^ok: \d+ GB free in /)]);
  });
});

it('time zones: what time it is there, and a note on office hours by UTC', async () => {
  const { of } = await diagnose(`
url: http://127.0.0.1:1
environments:
  berlin: { channel: "#a", reviewers: channel, time_zone: Europe/Berlin, office_hours: "Mon-Sun 00:00-24:00" }
  somewhere: { channel: "#a", reviewers: channel, office_hours: "Mon-Fri 09:00-18:00" }
`);
  expect(of('time zones')[0]).toMatch(/^ok: berlin: \d\d:\d\d in Europe\/Berlin, inside office hours$/);
  expect(of('time zones')[1]).toMatch(
    /^note: somewhere: \d\d:\d\d in UTC, (in|out)side office hours → .*set time_zone/,
  );
});
