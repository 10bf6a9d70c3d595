import { sql } from 'drizzle-orm';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { open } from '../../src/core/proof/envelope.ts';
import type { Caller } from '../../src/gate/authenticate.ts';
import { addNote } from '../../src/gate/notes/add-note.ts';
import { editNote } from '../../src/gate/notes/edit-note.ts';
import { exportRunbook } from '../../src/gate/notes/export-runbook.ts';
import { pinNote } from '../../src/gate/notes/pin-note.ts';
import { proposalsFor } from '../../src/gate/notes/proposals.ts';
import { restoreNote } from '../../src/gate/notes/restore-note.ts';
import { retireNote } from '../../src/gate/notes/retire-note.ts';
import { unpinNote } from '../../src/gate/notes/unpin-note.ts';
import { addRule } from '../../src/gate/rules.ts';
import { vote } from '../../src/gate/vote.ts';
import { withdraw } from '../../src/gate/withdraw.ts';
import type { Database } from '../../src/store/database.ts';
import { viewRequest } from '../../src/store/requests.ts';
import { listNotes, type NoteRow } from '../../src/store/runbook.ts';
import { advance } from '../support/clock.ts';
import { DATABASE_KINDS, freshDatabase } from '../support/databases.ts';
import { callerOf, depsOver, type TestDeps, voterNamed } from '../support/deps.ts';
import { mustSubmit, ruleWish } from '../support/verbs.ts';

const ADMIN = { subject: 'token:adm', name: 'admin', isAdmin: true, people: [] };

describe.each(DATABASE_KINDS)('the living runbook, %s', (kind) => {
  let database: Database;
  let deps: TestDeps;
  let ci: Caller;
  beforeAll(async () => {
    database = await freshDatabase(kind);
    deps = await depsOver(database);
    ci = await callerOf(deps);
  });
  afterAll(() => deps.close());

  const ask = (text: string, over = {}) =>
    mustSubmit(deps, ci, { command: { kind: 'shell', text }, ...over });
  const deny = async (text: string, reason: string, { by = 'ana', over = {} } = {}) => {
    const { id } = await ask(text, over);
    const done = await vote(deps, {
      requestId: id,
      voter: voterNamed(by),
      verdict: 'deny',
      reason,
      method: 'card',
    });
    expect(done).toMatchObject({ counted: true, ends: 'denied' });
    return id;
  };
  const notesOf = async (family: string, retired = false) =>
    listNotes(database.db, { environments: ['production'], family, retired });
  const shownOn = async (text: string, over = {}) => {
    const { id } = await ask(text, over);
    return ((await viewRequest(database.db, id))?.notes ?? []).map(({ reason }) => reason);
  };
  const seen = ({ id, version }: NoteRow) => ({ id, version });
  const must = async (done: Promise<{ ok: boolean; note?: NoteRow }>) => {
    const { note } = await done;
    if (!note) throw new Error('refused');
    return note;
  };
  const recordsOf = async (id: string) =>
    (
      await database.rows<{ type: string; envelope: Parameters<typeof open>[0] }>(
        sql`select type, envelope from records where envelope->>'payload' is not null order by seq`,
      )
    ).flatMap(({ type, envelope }) => {
      const statement = JSON.parse(Buffer.from(envelope.payload, 'base64').toString()) as {
        subject: { name: string }[];
        predicate: { note?: { text: string }; by?: { name: string } };
      };
      const isGood = open(envelope, [deps.signingKey.publicKey]) !== null;
      return statement.subject[0]?.name === `gatehouse:request/note/${id}`
        ? [{ type, isGood, text: statement.predicate.note?.text, by: statement.predicate.by?.name }]
        : [];
    });

  it('a deny reason becomes a note on that kind of command, with its record, in the transaction of the vote', async () => {
    const id = await deny('kubectl -n shop delete pod search-0', 'ask #search first');
    const [note] = await notesOf('kubectl delete');
    expect(note).toMatchObject({
      version: 1,
      environment: 'production',
      project: 'shop',
      target: 'pod/search-0',
      text: 'ask #search first',
      authorSubject: 'slack:T0:UANA',
      authorName: 'ana',
      requestId: id,
      denials: 1,
      deniedAt: expect.any(Date),
    });
    expect(await recordsOf(note?.id ?? '')).toEqual([
      { type: 'note-added', isGood: true, text: 'ask #search first', by: 'ana' },
    ]);
  });

  it('no denial, no note: a broken chain of records keeps both from being written', async () => {
    const { id } = await ask('flyway clean');
    const broken = {
      ...deps,
      signingKey: { ...deps.signingKey, id: null as never, privateKey: null as never },
    };
    const given = { requestId: id, voter: voterNamed('ana'), verdict: 'deny', method: 'card' } as const;
    await expect(vote(broken, { ...given, reason: 'never' })).rejects.toThrow();
    expect(await notesOf('flyway')).toEqual([]);
    expect((await viewRequest(database.db, id))?.state).toBe('pending');
  });

  it('a secret in the reason is gone before anything is stored', async () => {
    await deny('vault token lookup', 'not with --password=hunter2hunter2 in it');
    const [note] = await notesOf('vault token');
    expect(note?.text).toContain('%redacted%');
    expect(JSON.stringify(await database.rows(sql`select * from runbook_notes`))).not.toContain('hunter2');
  });

  it('the same words on one kind count up; other words, another project or environment are notes of their own', async () => {
    await deny('terraform destroy -target=a', 'Use the  pipeline');
    await advance(database, '1 day');
    await deny('terraform destroy -target=b', 'use the pipeline ', { by: 'ben' });
    await deny('terraform destroy', 'freeze until Monday');
    await deny('terraform destroy', 'use the pipeline', { over: { environment: 'staging' } });
    const notes = await notesOf('terraform destroy');
    expect(notes.map(({ text, denials, authorName }) => [text, denials, authorName])).toEqual([
      ['freeze until Monday', 1, 'ana'],
      ['Use the  pipeline', 2, 'ana'],
    ]);
    expect(notes[1]?.deniedAt?.getTime()).toBeGreaterThan(notes[1]?.createdAt.getTime() ?? 0);
  });

  it('two people who say the same at once make one note of it', async () => {
    const texts = ['git push origin a', 'git push origin b', 'git push origin c'];
    await Promise.all(texts.map((text) => deny(text, 'open a pull request')));
    expect((await notesOf('git push')).map(({ denials, target }) => [denials, target])).toEqual([
      [3, 'origin'],
    ]);
  });

  it('said of several things, it holds for the whole kind', async () => {
    await deny('systemctl stop nginx', 'drain it first');
    await deny('systemctl stop postgresql', 'drain it first');
    expect((await notesOf('systemctl stop')).map(({ target }) => target)).toEqual([null]);
  });

  it('of a compound command every kind has one, and the card of the next shows it once', async () => {
    await deny('cd /srv && rsync -a x y && helm uninstall web', 'not by hand');
    expect(await notesOf('rsync')).toHaveLength(1);
    expect(await notesOf('helm uninstall')).toHaveLength(1);
    expect(await notesOf('cd')).toEqual([]);
    expect(await shownOn('rsync -a x y; helm uninstall web')).toEqual(['not by hand']);
    expect(await shownOn('cd /srv')).toEqual([]);
  });

  it('shows at most three: pinned first, then those on the same thing, then the latest; never retired ones', async () => {
    const on = (target: string, text: string) => deny(`docker rm ${target}`, text);
    await on('web', 'web is stateful');
    await advance(database, '1 minute');
    for (const text of ['first', 'second', 'third']) {
      await on('other', text);
      await advance(database, '1 minute');
    }
    expect(await shownOn('docker rm web')).toEqual(['web is stateful', 'third', 'second']);
    const [first] = (await notesOf('docker rm')).filter(({ text }) => text === 'first');
    if (!first) throw new Error('no note');
    const pinned = await must(pinNote(deps, ADMIN, seen(first)));
    expect(await shownOn('docker rm web')).toEqual(['first', 'web is stateful', 'third']);
    await must(retireNote(deps, ADMIN, seen(pinned)));
    expect(await shownOn('docker rm web')).toEqual(['web is stateful', 'third', 'second']);
    expect(await shownOn('docker rm web', { environment: 'staging' })).toEqual([]);
  });

  it('does not show a request its own denial', async () => {
    const id = await deny('crontab -r', 'edit it instead');
    expect((await viewRequest(database.db, id))?.notes).toEqual([]);
  });

  it('is edited, pinned, retired and restored, each with its signed record', async () => {
    await deny('redis-cli flushall', 'no');
    const [said] = await notesOf('redis-cli flushall');
    if (!said) throw new Error('no note');
    const edited = await must(
      editNote(deps, ADMIN, { ...seen(said), text: ' flush one database: flushdb ' }),
    );
    expect(edited).toMatchObject({
      version: 2,
      text: 'flush one database: flushdb',
      editedByName: 'admin',
      authorName: 'ana',
    });
    const pinned = await must(pinNote(deps, ADMIN, seen(edited)));
    const unpinned = await must(unpinNote(deps, ADMIN, seen(pinned)));
    const retired = await must(retireNote(deps, ADMIN, seen(unpinned)));
    expect(await notesOf('redis-cli flushall')).toEqual([]);
    expect(await notesOf('redis-cli flushall', true)).toMatchObject([{ retiredByName: 'admin' }]);
    const restored = await must(restoreNote(deps, ADMIN, seen(retired)));
    expect(restored).toMatchObject({ version: 6, retiredAt: null });
    expect((await recordsOf(said.id)).map(({ type, isGood }) => [type, isGood])).toEqual(
      ['added', 'edited', 'pinned', 'unpinned', 'retired', 'restored'].map((verb) => [`note-${verb}`, true]),
    );
  });

  it('changes nothing for somebody who saw an older note, nor for a change to what it is', async () => {
    const added = await addNote(deps, ADMIN, {
      environment: 'production',
      project: '*',
      about: { kind: 'shell', text: 'heroku restart web' },
      text: 'takes a minute',
    });
    if (!added.ok) throw new Error(added.code);
    const { note } = added;
    expect(note).toMatchObject({ denials: 0, deniedAt: null, project: '*' });
    const edits = await Promise.all(
      ['two minutes', 'three minutes'].map((text) => editNote(deps, ADMIN, { ...seen(note), text })),
    );
    expect(edits.map(({ ok }) => ok).sort()).toEqual([false, true]);
    expect(edits.find(({ ok }) => !ok)).toMatchObject({ code: 'note-changed', note: { version: 2 } });
    expect(await unpinNote(deps, ADMIN, seen(note))).toMatchObject({ ok: true, note: { version: 2 } });
    expect(await editNote(deps, ADMIN, { ...seen(note), text: ' ' })).toEqual({
      ok: false,
      code: 'nothing-said',
    });
    expect(await pinNote(deps, ADMIN, { id: 'note_none', version: 1 })).toEqual({
      ok: false,
      code: 'unknown-note',
    });
    expect((await recordsOf(note.id)).map(({ type }) => type)).toEqual(['note-added', 'note-edited']);
    expect(await shownOn('heroku restart web')).toHaveLength(1);
  });

  it('a retired note stays so; when it is said again it is a new one', async () => {
    await deny('kubectl drain node-1', 'not at noon');
    const [note] = await notesOf('kubectl drain');
    if (!note) throw new Error('no note');
    await must(retireNote(deps, ADMIN, seen(note)));
    await deny('kubectl drain node-1', 'not at noon');
    expect(await notesOf('kubectl drain')).toMatchObject([{ denials: 1 }]);
    expect(await notesOf('kubectl drain', true)).toMatchObject([{ id: note.id, denials: 1 }]);
  });

  it('takes no note on nothing, on several kinds, or where there is no environment', async () => {
    const wish = { environment: 'production', project: 'shop', text: 'x' };
    const on = (text: string) => ({ kind: 'shell' as const, text });
    expect(await addNote(deps, ADMIN, { ...wish, about: on('rm x; mv a b') })).toEqual({
      ok: false,
      code: 'no-one-family',
      families: ['rm', 'mv'],
    });
    expect(await addNote(deps, ADMIN, { ...wish, about: on('A=1') })).toMatchObject({
      code: 'no-one-family',
    });
    expect(await addNote(deps, ADMIN, { ...wish, environment: 'nowhere', about: on('rm x') })).toMatchObject({
      code: 'unknown-environment',
    });
  });

  it('the third denial proposes a policy to the channel, once; nothing else changes', async () => {
    const posts = () =>
      database.rows<{ key: string; channel: string; payload: Record<string, unknown> }>(
        sql`select key, channel, payload from learning_posts where key like '%kubectl scale%'`,
      );
    const scale = 'kubectl scale deployment/api --replicas=0';
    await deny(scale, 'never to zero');
    await deny(scale, 'never to zero', { by: 'ben' });
    expect(await posts()).toEqual([]);
    await deny(scale, 'use the pause job');
    expect(await posts()).toMatchObject([
      {
        key: 'block:production:kubectl scale deployment/api',
        channel: '#deploys',
        payload: {
          kind: 'block-proposal',
          denials: 3,
          reasons: ['use the pause job', 'never to zero'],
          policy: expect.stringContaining('block: "Denied 3 times.'),
        },
      },
    ]);
    await deny(scale, 'never to zero');
    expect(await posts()).toHaveLength(1);
    expect(await proposalsFor(database.db, deps, 'production', { family: 'kubectl scale' })).toMatchObject([
      { denials: 4 },
    ]);
    expect(await proposalsFor(database.db, deps, 'production', { projects: ['other'] })).toEqual([]);
    expect((await ask(scale)).state).toBe('pending');
  });

  it('counts only what others denied, and only of the last 90 days', async () => {
    const own = await callerOf(deps, { owner: 'UANA' });
    const text = 'kubectl cordon node-1';
    for (const _ of [1, 2, 3]) {
      const { id } = await mustSubmit(deps, own, { command: { kind: 'shell', text } });
      await vote(deps, {
        requestId: id,
        voter: voterNamed('ana'),
        verdict: 'deny',
        reason: 'mine',
        method: 'card',
      });
      await withdraw(deps, (await ask(text)).id, null);
    }
    const found = () => proposalsFor(database.db, deps, 'production', { family: 'kubectl cordon' });
    expect(await found()).toEqual([]);
    for (const _ of [1, 2, 3]) await deny(text, 'no');
    expect(await found()).toHaveLength(1);
    await advance(database, '91 days');
    expect(await found()).toEqual([]);
  });

  it('exports what is in force: rules with who accepted them, notes, and who decided', async () => {
    await addRule(
      deps,
      { ...ADMIN, name: 'Ana' },
      ruleWish({ text: 'kubectl rollout status *', expiresInDays: 90 }),
    );
    await addRule(deps, ADMIN, ruleWish({ text: 'kubectl get *', environment: 'staging' }));
    await deny('dropdb shop', 'restore a copy', { by: 'ben' });
    const { id } = await ask('echo approved');
    await vote(deps, {
      requestId: id,
      voter: voterNamed('ana'),
      verdict: 'approve',
      reason: null,
      method: 'card',
    });
    const text = (await exportRunbook(deps, 'production', null)) ?? '';
    expect(text).toContain('### kubectl rollout status\n\n```\nkubectl rollout status *\n```');
    expect(text).toMatch(/- For project shop; until \d+ \w+ \d{4}\.\n- Accepted by Ana on /);
    expect(text).not.toContain('kubectl get \\*');
    expect(text).toMatch(
      /### dropdb\n\n- restore a copy\n {2}\(on `shop`; project shop; denied on .* by ben\)/,
    );
    expect(text).toMatch(/\| ana \| 1 \| 0 \| .*\n\| ben \| 0 \| 1 \|/);
    expect(await exportRunbook(deps, 'production', ['other', '*'])).not.toContain('dropdb');
    expect(await exportRunbook(deps, 'nowhere', null)).toBeNull();
  });
});
