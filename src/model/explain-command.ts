import { z } from 'zod';
import { commandText } from '../core/command/command.ts';
import { redact, redactText } from '../core/command/redact.ts';
import { heaviestFirst } from '../core/risk/assessment.ts';
import type { Explained } from './model.ts';
import { ADVICE } from './plain-line.ts';
import { line, type Use } from './use.ts';

/** A longer one is not explained at all: what was left out could be what matters. */
const MOST_CHARACTERS = 6000;
const MOST_REASONS = 12;

const Wire = z.strictObject({ explanation: line({ max: 300, without: ADVICE }) });

/** What an unusual command does, for the card. */
export const explainCommand: Use<Explained, z.infer<typeof Wire>, { text: string }> = {
  prompt: 'explain-command',
  data({ command, environment, assessment }) {
    const text = commandText(redact(command).command);
    if (command.kind === 'action' || text.length > MOST_CHARACTERS) return null;
    return {
      command: text,
      environment,
      risk: assessment.level,
      reasons: heaviestFirst(assessment)
        .slice(0, MOST_REASONS)
        .map(({ why }) => redactText(why)),
    };
  },
  schema: Wire,
  answer: ({ explanation }) => ({ text: explanation }),
};
