import { redactText } from '../core/command/redact.ts';
import { hasHidden } from '../core/command/visible.ts';

export interface LineRules {
  /** UTF-16 units. */
  max: number;
  /** Words that tell people what to do, or what to think of it: the text is unfit with any of them. */
  without?: RegExp;
}

/** A text beside a button must not press it: it says what a command does, not what to do about it. */
export const ADVICE =
  /\b(approv\w*|safe|safely|harmless|benign|routine|risk-free|(no|low|little) (real )?risk|pre-?authori[sz]ed|recommend\w*|should|must|please|click|you|your|reviewers?)\b/i;
/** Rules are about letting pass, so these may be named; what to do about it may not. */
export const PRAISE =
  /\b(safe|safely|harmless|benign|risk-free|(no|low|little) (real )?risk|recommend\w*|should|must|please|click|you|your)\b/i;

const LINK = /:\/\/|\bwww\.|\bmailto:|\]\s*\(|[<>]|\b[a-z0-9-]+(\.[a-z0-9-]+)*\.[a-z]{2,}\/\S/i;

/**
 * Why a text of the model is not shown; null: it may be. It is one line of plain words: nothing in it leads anywhere,
 * calls anybody, hides, or looks like markup.
 */
export function whyUnfit(text: string, { max, without }: LineRules): string | null {
  if (text.trim() === '' || text !== text.trim()) return 'it is empty, or has blanks around it';
  if (text.length > max) return `it has more than ${max} characters`;
  if (/[\n\r\t]/.test(text) || hasHidden(text)) return 'it has line breaks or characters that are not seen';
  if (LINK.test(text)) return 'it has a link or markup in it';
  if (text.includes('@')) return 'it mentions somebody';
  if (without?.test(text)) return 'it says what to do or to think';
  if (redactText(text) !== text) return 'it holds what looks like a secret';
  return null;
}
