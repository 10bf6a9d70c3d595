import { sql } from 'drizzle-orm';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Message } from '../../src/demo/local-slack/workspace.ts';
import { addNote } from '../../src/gate/notes/add-note.ts';
import { editNote } from '../../src/gate/notes/edit-note.ts';
import { vote } from '../../src/gate/vote.ts';
import { withdraw } from '../../src/gate/withdraw.ts';
import { noteBlocks } from '../../src/slack/notes/note-shown.ts';
import type { Database } from '../../src/store/database.ts';
import { listNotes, type NoteRow } from '../../src/store/runbook.ts';
import { advance } from '../support/clock.ts';
import { DATABASE_KINDS, freshDatabase } from '../support/databases.ts';
import { voterNamed } from '../support/deps.ts';
import { DEPLOYS, type Surface, startSurface } from './surface.ts';
import { readCard, viewOf } from './views.ts';

const STAGING = 'C0STAGING';
const ADMIN = { subject: 'token:adm', name: 'admin', isAdmin: true, people: [] };

describe.each(DATABASE_KINDS)('/gate notes, %s', (kind) => {
  let database: Database;
  let surface: Surface;
  beforeAll(async () => {
    database = await freshDatabase(kind);
    surface = await startSurface(database, { over: { notesFirstSeconds: 5 } });
  });
  afterAll(async () => {
    await surface.stop();
    await database.close();
  });

  const shell = (text: string) => ({ command: { kind: 'shell' as const, text } });
  const deny = async (text: string, reason: string, by = 'Ana') => {
    const { id } = await surface.ask(shell(text));
    const voter = voterNamed(by);
    await vote(surface.deps, { requestId: id, voter, verdict: 'deny', reason, method: 'card' });
  };
  const typed = async (person: string, text: string, reads: RegExp, channel = DEPLOYS) => {
    const before = surface.slack.ephemeralsFor(person).length;
    await surface.slack.slash(person, '/gate', text, channel);
    return surface.slack.waitFor(
      () =>
        surface.slack
          .ephemeralsFor(person)
          .slice(before)
          .find((m) => reads.test(surface.read(m))),
      { what: `${person} to be told ${reads}` },
    );
  };
  const becomes = (person: string, message: Message, reads: RegExp) =>
    surface.slack.waitFor(
      () =>
        surface.slack.ephemeralsFor(person).find((m) => m.ts === message.ts && reads.test(surface.read(m))),
      { what: `the list to read ${reads}` },
    );
  const press = (person: string, message: Message, action: string, channel = DEPLOYS) =>
    surface.slack.click(person, { channel, ts: message.ts }, action);
  const only = async (family: string) => {
    const [note] = await listNotes(database.db, { family });
    if (!note) throw new Error(`no note on ${family}`);
    return note;
  };

  it('the card of a similar request shows what was said, with who and when', async () => {
    await deny('psql -c "vacuum full orders"', 'use pg_repack');
    await surface.ask(shell('psql -c "vacuum full customers"'));
    await advance(database, '5 seconds');
    const card = await surface.card('customers');
    expect(surface.read(card)).toMatch(/Note: denied by Ana, .*: use pg_repack/);
  });

  it('lists the notes of the environment of the channel, and finds them by a word', async () => {
    await deny('kubectl delete ns shop', 'restore a backup first', 'Ben');
    const list = await typed('UANA', 'notes', /2 notes/);
    expect(surface.read(list)).toMatch(
      /production: 2 notes[\s\S]*kubectl delete namespace\/shop[\s\S]*restore a backup first[\s\S]*denied by Ben/,
    );
    expect(
      surface.slack
        .buttons(list)
        .map(({ actionId }) => actionId)
        .slice(0, 3),
    ).toEqual(['edit-note', 'pin-note', 'retire-note']);
    expect(surface.read(await typed('UANA', 'notes pg_rep', /1 note with/))).not.toContain('backup');
    await typed('UANA', 'notes', /staging: no notes/, STAGING);
    expect(surface.read(await typed('UANA', 'notes in staging', /no notes/))).toContain('staging');
    await typed('UDORA', 'notes in production', /You do not see what is asked for production/, STAGING);
    await typed('UGUEST', 'notes', /Guests cannot use/);
  });

  it('pins, and retires with a way back', async () => {
    const list = await typed('UANA', 'notes backup', /1 note/);
    await press('UANA', list, 'pin-note');
    const pinned = await becomes('UANA', list, /📌 Pinned: kubectl delete namespace\/shop[\s\S]*1 note/);
    expect(surface.slack.buttons(pinned).map(({ actionId }) => actionId)).toContain('unpin-note');
    await press('UANA', pinned, 'retire-note');
    const retired = await becomes('UANA', list, /Retired: kubectl delete[\s\S]*no notes with/);
    expect(
      (await listNotes(database.db, { retired: true })).map(({ retiredByName }) => retiredByName),
    ).toEqual(['Ana']);
    await press('UANA', retired, 'restore-note');
    await becomes('UANA', list, /Restored: [\s\S]*1 note/);
  });

  it('edits in a modal, which shows what is wrong', async () => {
    const list = await typed('UANA', 'notes backup', /1 note/);
    await press('UANA', list, 'edit-note');
    const modal = await surface.modal('UANA', /About kubectl delete namespace\/shop, first said by Ben/);
    expect(JSON.stringify(modal.blocks)).toContain('"initial_value":"restore a backup first"');
    await surface.slack.submit('UANA', modal.id, { words: 'restore last night’s backup first' });
    await becomes('UANA', list, /Edited: [\s\S]*no notes with|Edited: [\s\S]*last night’s backup first/);
    expect(await only('kubectl delete')).toMatchObject({
      text: 'restore last night’s backup first',
      editedByName: 'Ana',
      authorName: 'Ben',
    });
  });

  it('does not lose what somebody else wrote meanwhile', async () => {
    const list = await typed('UANA', 'notes backup', /1 note/);
    await press('UANA', list, 'edit-note');
    const modal = await surface.modal('UANA', /About kubectl delete/);
    const { id, version } = await only('kubectl delete');
    await editNote(surface.deps, ADMIN, { id, version, text: 'backup: ask #data' });
    const submitted = await surface.slack.submit('UANA', modal.id, { words: 'mine' }).catch((error) => error);
    expect(JSON.stringify(submitted) + String(submitted)).toContain(
      'Somebody has changed this note meanwhile',
    );
    await surface.slack.closeView('UANA', modal.id);
    await press('UANA', list, 'unpin-note');
    await becomes('UANA', list, /Somebody has changed this note meanwhile[\s\S]*ask #data/);
    expect((await only('kubectl delete')).text).toBe('backup: ask #data');
  });

  it('lets only people who decide there change notes', async () => {
    const payments = surface.deps.environments.get('payments');
    if (payments) payments.reviewers = { users: ['UANA'], groups: [] };
    const about = { family: 'psql', target: null };
    await addNote(surface.deps, ADMIN, { environment: 'payments', project: '*', about, text: 'two people' });
    const list = await typed('UBEN', 'notes in payments', /1 note/);
    for (const action of ['retire-note', 'pin-note']) await press('UBEN', list, action);
    await surface.toldPrivately('UBEN', /@?ana/i);
    await press('UBEN', list, 'edit-note');
    const modal = await surface.modal('UBEN', /@?ana/i);
    expect(JSON.stringify(modal.blocks)).not.toContain('plain_text_input');
    expect(await listNotes(database.db, { environments: ['payments'] })).toMatchObject([
      { version: 1, pinnedAt: null, retiredAt: null },
    ]);
  });

  it('turns pages', async () => {
    for (let i = 1; i <= 10; i++) {
      const about = { family: `tool${i}`, target: null };
      await addNote(surface.deps, ADMIN, { environment: 'staging', project: '*', about, text: `page ${i}` });
    }
    const list = await typed('UANA', 'notes page', /10 notes/, STAGING);
    expect(surface.read(list)).not.toContain('page 2');
    await press('UANA', list, 'notes-next', STAGING);
    const next = await becomes('UANA', list, /page 2/);
    await press('UANA', next, 'notes-previous', STAGING);
    await becomes('UANA', list, /page 10/);
  });

  it('the third denial proposes a policy in the channel, once, ready to be copied', async () => {
    for (const reason of ['never to zero', 'never to zero', 'use the pause job'])
      await deny('kubectl scale deployment/api --replicas=0', reason);
    const proposal = await surface.card('kubectl scale deployment/api was denied 3 times');
    expect(surface.read(proposal)).toContain('- name: "No kubectl scale deployment/api in production"');
    await deny('kubectl scale deployment/api --replicas=0', 'no');
    await surface.ask(shell('echo after it'));
    await surface.card('echo after it');
    expect(surface.cards().filter((m) => /was denied \d times/.test(surface.read(m)))).toHaveLength(1);
    expect(
      surface.read(await typed('UANA', 'notes', /A policy could say so before anybody is asked/)),
    ).toContain('kubectl scale deployment/api was denied 4 times');
  });

  it('whoever asks has read them, and may take the request back, before anybody is asked', async () => {
    await deny('dropdb orders', 'archive it first');
    const { id } = await surface.ask(shell('dropdb carts'));
    const { id: kept } = await surface.ask(shell('dropdb views'));
    const due = await database.rows<{ seconds: number }>(sql`
      select extract(epoch from c.next_at - r.created_at)::float8 as seconds from cards c join requests r on r.id = c.request_id
      where r.id in (${id}, ${kept})`);
    expect(due.map(({ seconds }) => Math.round(seconds))).toEqual([5, 5]);
    await withdraw(surface.deps, id, null);
    await advance(database, '5 seconds');
    await surface.card('dropdb views');
    const cardsOfIt = () => database.rows(sql`select id from cards where request_id = ${id}`);
    await expect.poll(async () => (await cardsOfIt()).length).toBe(0);
    expect(surface.cards().some((card) => surface.read(card).includes('carts'))).toBe(false);
  });
});

describe('what people wrote is only text', () => {
  const row: NoteRow = {
    id: 'note_1',
    version: 1,
    environment: 'production',
    project: 'shop',
    family: 'psql',
    target: null,
    text: 'x',
    authorSubject: 'slack:T0:UANA',
    authorName: 'Ana',
    createdAt: new Date('2026-03-12T12:00:00Z'),
    editedAt: null,
    editedByName: null,
    pinnedAt: null,
    retiredAt: null,
    retiredByName: null,
    requestId: null,
    denials: 1,
    deniedAt: null,
  };
  const looking = { search: '', environment: 'production', page: 1 };
  const hostile = fc
    .array(
      fc.oneof(
        fc.string({ unit: 'binary', maxLength: 10 }),
        fc.constantFrom(
          '<!channel>',
          '<@UANA>',
          '<https://x.example.com|y>',
          '```',
          '*b*',
          '\n',
          '\u202e',
          '&lt;',
          ':tada:',
        ),
      ),
      { minLength: 1, maxLength: 5 },
    )
    .map((parts) => parts.join(''));
  /** The kinds of everything in blocks, without the texts. */
  const kinds = (value: unknown): unknown => {
    if (Array.isArray(value)) return value.map(kinds);
    if (typeof value !== 'object' || value === null) return typeof value;
    const { type, elements, text, style } = value as Record<string, unknown>;
    return {
      type,
      ...(elements !== undefined && { elements: kinds(elements) }),
      text: kinds(text),
      style: kinds(style),
    };
  };

  it('in the list: the same elements whatever the words, and none that Slack parses', () => {
    const plain = kinds(noteBlocks({ ...row, target: 'x' }, looking));
    fc.assert(
      fc.property(hostile, (words) => {
        const note = { ...row, family: words, target: words, text: words, authorName: words, project: words };
        const blocks = noteBlocks(note, { ...looking, search: words });
        expect(kinds(blocks)).toEqual(plain);
        const shown = JSON.stringify(blocks, (key, value) => (key === 'value' ? undefined : value));
        expect(shown).not.toContain('"mrkdwn"');
        expect(shown).not.toContain('\u202e');
      }),
      { numRuns: 1000 },
    );
  });

  it('on the card: one line of its own, which cannot look like a line of ours', () => {
    const note = { id: 'n', by: 'Ana', at: row.createdAt, denials: 1, isPinned: false, about: null };
    const lines = (reason: string) => readCard(viewOf({ notes: [{ ...note, reason }] })).split('\n').length;
    const plain = lines('x');
    fc.assert(
      fc.property(hostile, (reason) => {
        expect(lines(reason)).toBe(plain);
      }),
    );
    expect(
      readCard(viewOf({ notes: [{ ...note, denials: 3, isPinned: true, about: 'orders', reason: 'no' }] })),
    ).toMatch(/📌 Note: denied 3 times, last .*, first by Ana, of orders: no/);
  });
});
