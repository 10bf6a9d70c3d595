import { randomBytes } from 'node:crypto';
import postgres from 'postgres';
import { expect, inject, it } from 'vitest';
import { openPostgres } from '../../src/store/database.ts';

it('lets many replicas start on an empty database at once', async () => {
  const name = `test_${randomBytes(6).toString('hex')}`;
  const admin = postgres(inject('postgresUrl'), { max: 1, onnotice: () => {} });
  await admin.unsafe(`create database ${name}`);
  const url = new URL(inject('postgresUrl'));
  url.pathname = `/${name}`;
  const opened = await Promise.all(
    Array.from({ length: 5 }, () => openPostgres(url.href, { connections: 1 })),
  );
  expect(opened).toHaveLength(5);
  await Promise.all(opened.map((database) => database.close()));
  await admin.unsafe(`drop database ${name} with (force)`);
  await admin.end();
});
