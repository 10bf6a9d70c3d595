import type { Context } from './request.ts';

const PASSED = /^(success|successful|passed|pass|ok|neutral|skipped|completed)$/i;

type Checks = NonNullable<Context['checks']>;

/** The checks a caller named: those that did not pass (yet), and `all 3 passed` or `2 of 3 passed`. */
export function checksOf(checks: Checks): { open: Checks; words: string } {
  const open = checks.filter(({ state }) => !PASSED.test(state));
  const words =
    open.length === 0
      ? `all ${checks.length} passed`
      : `${checks.length - open.length} of ${checks.length} passed`;
  return { open, words };
}
