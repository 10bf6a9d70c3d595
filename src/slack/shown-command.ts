import type { Command } from '../core/command/command.ts';
import { fits, shownCommand } from '../core/command/shown.ts';
import { cut } from './blocks.ts';

/** What a card shows of a command. More than this is not read on a phone, so it is not approved there either. */
const CARD = { characters: 2000, lines: 25 };
/** What stands on the card of a command that does not fit. */
const FIRST_PART = { characters: 900, lines: 12 };
/** After the decision a card is a record: the first lines tell which command it was. */
const DECIDED = { characters: 500, lines: 6 };
/**
 * Slack sends a modal back when it is submitted, escaped for a form, and refuses views over 250 KB. A command that
 * would not survive that (thousands of invisible characters) cannot be approved at all.
 */
const REVIEWABLE_BYTES = 150_000;
const MODAL_CHUNK = 2800;

/** Does a card show the whole command? If not, it must not offer to approve it. */
export const fitsOnCard = (command: Command): boolean => fits(shownCommand(command), CARD);

export const canBeReviewed = (command: Command): boolean =>
  encodeURIComponent(shownCommand(command)).length <= REVIEWABLE_BYTES;

/** The command's text for a card, and how many characters are missing there. */
export function commandOnCard(command: Command, decided: boolean): { text: string; missing: number } {
  const whole = shownCommand(command);
  const within = decided ? DECIDED : CARD;
  if (fits(whole, within)) return { text: whole, missing: 0 };
  const part = decided ? DECIDED : FIRST_PART;
  const first = cut(whole.split('\n').slice(0, part.lines).join('\n'), part.characters);
  const shown = first.endsWith('…') && !whole.startsWith(first) ? first.slice(0, -1) : first;
  return { text: shown, missing: whole.length - shown.length };
}

/** The whole command in pieces for a modal, split at line ends where that is possible. */
export function chunksOf(text: string): string[] {
  const chunks: string[] = [];
  let rest = text;
  while (rest.length > MODAL_CHUNK) {
    const newline = rest.lastIndexOf('\n', MODAL_CHUNK);
    let end = newline > MODAL_CHUNK / 2 ? newline + 1 : MODAL_CHUNK;
    if (isHighSurrogate(rest.charCodeAt(end - 1))) end -= 1;
    chunks.push(rest.slice(0, end));
    rest = rest.slice(end);
  }
  return [...chunks, rest];
}

const isHighSurrogate = (unit: number): boolean => unit >= 0xd800 && unit <= 0xdbff;
