import type { Fault } from '../command/admissible.ts';
import { decidesWhatRuns } from './assignments.ts';
import { literalDepth } from './literal-depth.ts';
import { givesReference } from './reference-options.ts';
import { CODE_BY_REFERENCE } from './tables.ts';
import type { Words } from './validity.ts';

/** V7: what runs is named by a word, so a wildcard only fills a literal `-…=` or `NAME=`. */
export function codeReferenceFault({ words, rest }: Words, base: string): Fault | null {
  if (!CODE_BY_REFERENCE.has(base)) return null;
  const bad = words.some(({ wildcards, prefix }) => {
    if (wildcards === 0) return false;
    const [, variable] = /^([A-Za-z_][A-Za-z0-9_]*)=/.exec(prefix) ?? [];
    return variable === undefined ? !/^-[^=]*=/.test(prefix) : decidesWhatRuns(variable);
  });
  if (!bad && !rest) return null;
  return {
    why: `the words of \`${base}\` name the code it runs`,
    mend: 'spell them out; a wildcard may only fill `--option=*` or `NAME=*`',
  };
}

/** V7b: some options name code, credentials or places; their value may not be wild. */
export function referenceOptionFault({ words, rest }: Words, base: string): Fault | null {
  for (const [i, word] of words.entries()) {
    if (!word.prefix.startsWith('-')) continue;
    const given = givesReference(base, word.prefix);
    if (!given) continue;
    const next = words[i + 1];
    const nextIsWild = next ? next.wildcards > 0 : rest;
    if (word.wildcards > 0 || (given.value === 'next' && nextIsWild)) {
      return { why: `the value of \`${given.option}\` decides what \`${base}\` does`, mend: 'spell it out' };
    }
  }
  return null;
}

/** V7c: programs that are many commands in one need their first words spelled out. */
export function literalDepthFault({ words }: Words, base: string): Fault | null {
  const preview = base === 'gcloud' && /^(?:alpha|beta)$/.test(words[1]?.literal ?? '') ? 1 : 0;
  const depth = literalDepth(base, words[1 + preview]?.literal ?? null);
  for (let i = 1; i <= (depth === 0 ? 0 : depth + preview); i++) {
    const word = words[i];
    if (word && word.wildcards === 0 && !word.prefix.startsWith('-')) continue;
    return {
      why: `\`${base}\` is many commands in one: ${depth === 1 ? 'its first word' : `its first ${depth + preview} words`} must be spelled out, before any option`,
      mend: 'spell the subcommand out, right after the program',
    };
  }
  return null;
}
