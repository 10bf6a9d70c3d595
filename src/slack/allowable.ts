import { commandText } from '../core/command/command.ts';
import { REDACTED } from '../core/command/redact.ts';
import { highestLevel } from '../core/followers.ts';
import type { RequestView } from '../core/request.ts';

type Approved = Pick<
  RequestView,
  'state' | 'decision' | 'command' | 'assessment' | 'explanation' | 'followers'
>;

/** Why no rule can be made from this request; null when people may allow the like of it in future. */
export function notAllowable(view: Approved): string | null {
  const { state, decision, command, explanation } = view;
  if (state !== 'approved' || decision?.by !== 'people')
    return 'Only what people approved can be allowed in future.';
  if (command.kind === 'action') return 'This is no command, so no rule can cover it.';
  if (highestLevel(view) === 'CRITICAL') return 'A CRITICAL command asks each time.';
  const counted = explanation.filter((one) => one.applies);
  if (counted.some(({ kind }) => kind === 'rule')) return 'A rule covers it already.';
  const policy = counted.find(({ strength }) => strength === 'require');
  if (policy) return `The policy “${policy.name}” asks each time, whatever the rules say.`;
  // Any secret would stand in its place, and so would anything that looks like one.
  if (commandText(command).includes(REDACTED))
    return 'A secret in it was taken out, so a rule could not tell it from others.';
  return null;
}
