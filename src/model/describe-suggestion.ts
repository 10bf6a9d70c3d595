import { z } from 'zod';
import { redactText, redactValue } from '../core/command/redact.ts';
import type { Suggestion } from '../core/learning/suggestion.ts';
import type { Json } from '../core/proof/canonical.ts';
import { PRAISE } from './plain-line.ts';
import { line, type Use } from './use.ts';

const MOST_RULES = 12;
const MOST_EXAMPLES = 8;
const MOST_CHARACTERS = 400;

const Wire = z.strictObject({
  title: line({ max: 80, without: PRAISE }),
  sentence: line({ max: 240, without: PRAISE }),
});

const few = (texts: readonly string[], most: number): string[] =>
  texts.slice(0, most).map((text) => redactText(text).slice(0, MOST_CHARACTERS));

/** How a suggestion is called, and one sentence on what it would let pass. */
export const describeSuggestion: Use<Suggestion, z.infer<typeof Wire>, z.infer<typeof Wire>> = {
  prompt: 'describe-suggestion',
  data: ({ kind, rules, environment, project, commandFamily, slots, evidence }) =>
    kind === 'prune' || rules.length === 0
      ? null
      : (redactValue({
          kind,
          environment,
          project,
          family: commandFamily,
          rules: few(rules, MOST_RULES),
          moreRules: Math.max(0, rules.length - MOST_RULES),
          openPlaces: slots
            .slice(0, MOST_RULES)
            .map(({ slot, seen, count }) => ({ slot, seen: few(seen, MOST_EXAMPLES), count })),
          examples: few(evidence.examples, MOST_EXAMPLES),
          wouldAlsoAllow: few(evidence.wouldAlsoAllow, MOST_EXAMPLES),
        }) as Json),
  schema: Wire,
  answer: (words) => words,
};
