import { familyOf } from '../command/family.ts';

/** Options may stand before what a program does: of the words at its beginning and its subcommands what tells more. */
export function familyName(name: string, example: string): string {
  const subcommands = familyOf({ kind: 'shell', text: example });
  return subcommands.length > name.length ? subcommands : name;
}
