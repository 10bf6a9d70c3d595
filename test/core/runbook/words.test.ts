import { describe, expect, it } from 'vitest';
import type { Note } from '../../../src/core/request.ts';
import { noteInWords } from '../../../src/core/runbook/words.ts';

const note = (over: Partial<Note> = {}): Note => ({
  id: 'note_1',
  by: 'Ana',
  reason: 'use pg_repack',
  at: new Date('2026-03-12T23:30:00Z'),
  denials: 1,
  isPinned: false,
  about: null,
  ...over,
});
const now = new Date('2026-11-25T12:00:00Z');

describe('a note in words', () => {
  it.each([
    [note(), 'UTC', 'denied on 12 March by Ana: use pg_repack'],
    [note(), 'Europe/Berlin', 'denied on 13 March by Ana: use pg_repack'],
    [note({ at: new Date('2025-03-12T12:00:00Z') }), 'UTC', 'denied on 12 March 2025 by Ana: use pg_repack'],
    [note({ denials: 3 }), 'UTC', 'denied 3 times, last on 12 March, first by Ana: use pg_repack'],
    [note({ denials: 0 }), 'UTC', 'note of 12 March by Ana: use pg_repack'],
    [note({ about: 'table/orders' }), 'UTC', 'denied on 12 March by Ana (table/orders): use pg_repack'],
  ])('%o %s', (given, timeZone, words) => expect(noteInWords(given, { timeZone, now })).toBe(words));
});
