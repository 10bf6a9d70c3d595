import { expect, it } from 'vitest';
import { notesFirst } from '../../../src/core/runbook/notes-first.ts';

const lasting = (seconds: number) => ({
  createdAt: new Date(0),
  expiresAt: new Date(seconds * 1000),
});

it.each([
  ['ten minutes: as configured', 5, 600, 5],
  ['five seconds: a tenth of it', 5, 5, 0.5],
  ['no time, as configured', 0, 600, 0],
])('%s', (_, wanted, seconds, expected) => expect(notesFirst(wanted, lasting(seconds))).toBe(expected));
