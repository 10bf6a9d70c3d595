import type { Command } from '../core/command/command.ts';
import { fits, shownCommand } from '../core/command/shown.ts';

/**
 * More than this nobody reads on a page. A command of the greatest length has 16 KiB; only one with thousands of
 * invisible characters, each written out, is longer here.
 */
const PAGE = { characters: 40_000, lines: 2000 };
/** Longer than a screen: the button to approve stands at its end. */
const SCREEN = { characters: 2000, lines: 25 };

/** Is the whole command on its page? If not, it cannot be approved there. */
export const isWhollyShown = (command: Command): boolean => fits(shownCommand(command), PAGE);

export const isLong = (command: Command): boolean => !fits(shownCommand(command), SCREEN);

/** What the page shows of it, and how many characters are missing there. */
export function commandOnPage(command: Command): { text: string; missing: number } {
  const whole = shownCommand(command);
  if (fits(whole, PAGE)) return { text: whole, missing: 0 };
  const text = whole
    .split('\n')
    .slice(0, PAGE.lines)
    .join('\n')
    .slice(0, PAGE.characters)
    .replace(/[\ud800-\udbff]$/, '');
  return { text, missing: whole.length - text.length };
}
