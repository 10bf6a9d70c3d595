import { changesRules } from './one-rule.ts';

/** `gate rules resume`. */
export const run = changesRules(
  'resume',
  'in force again',
  `Puts rules in force again that a denial suspended. gate rules list shows them; look at
what was denied first.`,
);
