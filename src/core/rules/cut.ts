/** How much of a word is the literal beginning or end that a rule has there. */
export interface Cut {
  /** Up to and with this many boundary characters, where the beginning ends in one; else 0. */
  after: number;
  length: number;
}

const isBoundary = (text: string, at: number): boolean => {
  const code = text.charCodeAt(at);
  return code === 47 || code === 58 || code === 44 || code === 61 || code === 64;
};

/**
 * The cut that gives this affix. Beginnings mostly end in `/ : , = @`, and those of one kind of rule
 * (`registry/team/service:`) have the same number of them, so that one cut serves for all.
 */
export function cutOf(affix: string, side: 'prefix' | 'suffix'): Cut {
  if (side === 'suffix' || !isBoundary(affix, affix.length - 1)) return { after: 0, length: affix.length };
  let after = 0;
  for (let at = 0; at < affix.length; at++) if (isBoundary(affix, at)) after += 1;
  return { after, length: 0 };
}

/** What a cut gives of a word of a command, or null when it is too short. */
export function cutOff(word: string, side: 'prefix' | 'suffix', { after, length }: Cut): string | null {
  if (after === 0) {
    if (length > word.length) return null;
    return side === 'prefix' ? word.slice(0, length) : word.slice(word.length - length);
  }
  for (let at = 0, seen = 0; at < word.length; at++) {
    if (isBoundary(word, at) && ++seen === after) return word.slice(0, at + 1);
  }
  return null;
}
