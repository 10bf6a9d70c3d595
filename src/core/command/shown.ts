import { type Command, commandText } from './command.ts';
import { visible } from './visible.ts';

/** How much of a command a surface shows. */
export interface Extent {
  characters: number;
  lines: number;
}

/** The command as people see it: nothing hides in it. */
export const shownCommand = (command: Command): string => visible(commandText(command));

/** Is all of a text within what a surface shows? */
export const fits = (text: string, { characters, lines }: Extent): boolean =>
  text.length <= characters && text.split('\n').length <= lines;
