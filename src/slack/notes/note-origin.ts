import type { Note } from '../../core/request.ts';
import { date, type Inline, said, text } from '../blocks.ts';

/** Who said it and when: `denied by Ana, 12 March`; `denied 3 times, last 12 March, first by Ana`. */
export function noteOrigin({ denials, by, at }: Pick<Note, 'denials' | 'by' | 'at'>): Inline[] {
  const who = said(by, 40) || 'somebody';
  if (denials > 1) return [text(`denied ${denials} times, last `), date(at), text(`, first by ${who}`)];
  return [text(denials === 1 ? `denied by ${who}, ` : `by ${who}, `), date(at)];
}
