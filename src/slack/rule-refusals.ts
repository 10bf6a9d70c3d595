import type { RuleRefusal } from '../gate/rules.ts';
import { said } from './blocks.ts';

/** Why a rule was not saved, as the modal shows it. */
export function ruleRefusal(refused: RuleRefusal): string {
  switch (refused.code) {
    case 'invalid-rule':
      return said(`This cannot be a rule: ${refused.why}.`, 500);
    case 'examples-disagree':
      return said(refused.disagreements.map(({ command, why }) => `${command}: ${why}`).join(' · '), 500);
    case 'admin-mark':
      return 'Only an administrator lets a rule cover CRITICAL commands.';
    case 'unknown-environment':
      return 'This environment is not configured any more.';
    case 'retrospective-due':
      return 'A retrospective of an emergency is still due in this environment. Give it first: its card has the button.';
    case 'unanswered-forbidden':
      return 'In this environment nothing runs unanswered.';
  }
}
