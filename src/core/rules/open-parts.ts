/** A piece of a rule's text: written so each time, or open (`*`, `[0-9]`, `{sha}`, `{svc:api,web}`). */
export interface RulePart {
  text: string;
  isOpen: boolean;
}

/** Quoted and escaped text, a lone `{}`, and otherwise every wildcard, set and brace. */
const PIECES =
  /'[^']*'|"(?:\\.|[^"\\])*"|\\.|(?<![^ \t])\{\}(?![^ \t])|(\*+|\?|\[[^\]\s]*\]|\{[^{}\s]+\})|[^'"\\*?[{]+|./gsu;

/** The text of a rule in pieces that make it up again, so that people see at once which of them vary. */
export function openParts(rule: string): RulePart[] {
  if (rule.startsWith('= ')) return [{ text: rule, isOpen: false }];
  const parts: RulePart[] = [];
  for (const [piece, open] of rule.matchAll(PIECES)) {
    const isOpen = open !== undefined;
    const last = parts.at(-1);
    if (last && last.isOpen === isOpen) last.text += piece;
    else parts.push({ text: piece, isOpen });
  }
  return parts;
}
