import { Minimatch } from 'minimatch';

/** As the whitelist has it, but hidden files are files too. */
const OPTIONS = {
  dot: true,
  nobrace: true,
  noext: true,
  nocomment: true,
  nonegate: true,
  matchBase: false,
  preserveMultipleSlashes: true,
  optimizationLevel: 0,
  platform: 'linux',
} as const;

const MOST_NAME_UNITS = 512;
const MOST_PATTERN_UNITS = 256;

const made = new Map<string, Minimatch>();

/**
 * Whether a name (of an environment, project, repository, branch or path) is one of a pattern: the name itself, or
 * with `*` within a segment, `**` for whole segments, `?` and sets; `*` alone is every name. null: the name is too
 * long to be held against patterns.
 */
export function nameMatches(pattern: string, name: string, nocase: boolean): boolean | null {
  if (pattern === '*' || pattern === name) return true;
  if (name.length > MOST_NAME_UNITS) return null;
  const key = `${nocase ? 'i' : 's'}${pattern}`;
  let glob = made.get(key);
  if (!glob) {
    glob = new Minimatch(pattern, { ...OPTIONS, nocase });
    made.set(key, glob);
  }
  return glob.match(name);
}

/** Why a pattern for names cannot be used, with what to write; null when it can. */
export function namePatternFault(pattern: string): string | null {
  if (pattern.trim() === '') return 'it is empty: write a name, or a pattern such as release/*';
  if (pattern.length > MOST_PATTERN_UNITS) return `it is longer than ${MOST_PATTERN_UNITS} characters`;
  if (/[{}!]|^#|\(|\)/.test(pattern))
    return 'braces, "!" and parentheses mean nothing here: write a list of patterns';
  const segments = pattern.split('/');
  // The matcher's time grows with a power of these numbers, and names are the caller's.
  if (segments.filter((segment) => segment === '**').length > 2) return 'use "**" at most twice';
  if (segments.some((segment) => segment !== '**' && (segment.match(/\*/g)?.length ?? 0) > 2))
    return 'use "*" at most twice between slashes ("**" stands alone there)';
  return null;
}
