import { changesRules } from './one-rule.ts';

/** `gate rules keep`. */
export const run = changesRules(
  'keep',
  'kept',
  `Keeps rules that were announced to go because nobody needs them, and lets live on those
whose time is nearly over. gate rules list shows when they go.`,
);
