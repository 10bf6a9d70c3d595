import type { Fault } from '../command/admissible.ts';
import type { OpenRule, OpenWord } from './rule-words.ts';
import type { OpenToken, Token } from './token.ts';

/** A rule stands for at most this many plain ones (R3). */
export const MOST_EXPANSIONS = 64;

/** Which value each open choice of a rule takes; repeats of a named choice take the same. */
export type Choices = ReadonlyMap<OpenToken, string>;

/** Every way to make the choices of a rule, in the order written; one empty way when it has none. */
export function expansions(rule: OpenRule): Choices[] | Fault {
  const open: { tokens: OpenToken[]; values: string[] }[] = [];
  const named = new Map<string, OpenToken[]>();
  for (const word of wordsOf(rule)) {
    for (const token of word.tokens) {
      const fault = collect(token, word, open, named);
      if (fault) return fault;
    }
  }
  const count = open.reduce((product, { values }) => product * values.length, 1);
  if (count > MOST_EXPANSIONS) {
    return {
      why: `its alternatives stand for more than ${MOST_EXPANSIONS} rules`,
      mend: 'write several rules',
    };
  }
  let ways: Map<OpenToken, string>[] = [new Map()];
  for (const { tokens, values } of open) {
    ways = ways.flatMap((way) =>
      values.map((value) => new Map([...way, ...tokens.map((token) => [token, value] as const)])),
    );
  }
  return ways;
}

const wordsOf = ({ words, redirections }: OpenRule): OpenWord[] =>
  redirections.length === 0 ? words : [...words, ...redirections.map(({ target }) => target)];

function collect(
  token: OpenToken,
  word: OpenWord,
  open: { tokens: OpenToken[]; values: string[] }[],
  named: Map<string, OpenToken[]>,
): Fault | null {
  if (token.kind === 'repeat') {
    const taken = named.get(token.name);
    if (!taken) {
      return {
        why: `\`{${token.name}}\` is no slot and no choice named earlier in the rule`,
        place: word.start,
        mend: `name it first: {${token.name}:a,b}`,
      };
    }
    taken.push(token);
  } else if (token.kind === 'choice') {
    const tokens = [token as OpenToken];
    if (token.name !== null) {
      if (named.has(token.name)) return { why: `\`{${token.name}:…}\` is named twice`, place: word.start };
      named.set(token.name, tokens);
    }
    open.push({ tokens, values: token.values });
  }
  return null;
}

/** A word's tokens with its choices made, and whether there were any. */
export function choose(tokens: readonly OpenToken[], choices: Choices): { tokens: Token[]; chosen: boolean } {
  let chosen = false;
  const made = tokens.map((token): Token => {
    if (token.kind !== 'choice' && token.kind !== 'repeat') return token;
    chosen = true;
    return { kind: 'literal', text: choices.get(token) ?? '' };
  });
  return { tokens: made, chosen };
}
