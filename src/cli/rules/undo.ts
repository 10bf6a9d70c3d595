import { changesRules } from './one-rule.ts';

/** `gate rules undo`. */
export const run = changesRules(
  'undo',
  'in force again',
  `Brings back rules that were removed or replaced within the last 30 days. What somebody
revoked by hand stays revoked. gate rules list --all shows them.`,
);
