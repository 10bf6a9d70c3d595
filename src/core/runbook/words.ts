import type { Note } from '../request.ts';

/** `12 March`; with the year when that is another one than `now` is in. */
export function dayOf(at: Date, { timeZone, now }: { timeZone: string; now: Date }): string {
  const day = { day: 'numeric', month: 'long', timeZone } as const;
  const year = (date: Date) => date.toLocaleDateString('en-GB', { year: 'numeric', timeZone });
  return at.toLocaleDateString('en-GB', year(at) === year(now) ? day : { ...day, year: 'numeric' });
}

/** Who said it, and when: `denied on 12 March by Ana`, `denied 3 times, last on 12 March, first by Ana`. */
export function originOf({ denials, by }: Pick<Note, 'denials' | 'by'>, day: string): string {
  if (denials === 0) return `note of ${day} by ${by}`;
  return denials === 1
    ? `denied on ${day} by ${by}`
    : `denied ${denials} times, last on ${day}, first by ${by}`;
}

/** `denied on 12 March by Ana: use pg_repack` */
export function noteInWords(note: Note, when: { timeZone: string; now: Date }): string {
  const about = note.about === null ? '' : ` (${note.about})`;
  return `${originOf(note, dayOf(note.at, when))}${about}: ${note.reason}`;
}

/** By this key the same words are the same, however they were typed. */
export const sameWords = (text: string): string => text.trim().replace(/\s+/g, ' ').toLowerCase();
