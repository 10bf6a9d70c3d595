import { familyOf } from '../command/family.ts';
import { openParts } from '../rules/open-parts.ts';

/** No word that starts with a digit names a subcommand. */
const ANYTHING = '0';

/** Under which heading a rule stands: its program with its subcommands, as far as they are spelled out. */
export function ruleFamily(rule: string): string {
  const [first = ''] = rule.replace(/^= /, '').split('\n');
  const text = openParts(first)
    .map((part) => (part.isOpen ? ANYTHING : part.text))
    .join('');
  return familyOf({ kind: 'shell', text }) || (first.trim().split(/\s+/)[0] ?? '');
}
