import { forEachChild, type ParsedScript, type SyntaxNode } from 'unbash';
import type { Fault } from './admissible.ts';

/**
 * The first parse error of a script or of any script nested in it (substitutions are parsed when they are
 * first looked at, and keep their own errors), or null.
 */
export function nestedFault(script: ParsedScript): Fault | null {
  let found: Fault | null = null;
  const visit = (node: SyntaxNode): void => {
    if (found) return;
    if (node.type === 'Script') {
      const error = (node as ParsedScript).errors?.[0];
      if (error) {
        found = { why: `it does not parse: ${error.message}`, place: error.pos };
        return;
      }
    }
    forEachChild(node, visit);
  };
  visit(script);
  return found;
}
