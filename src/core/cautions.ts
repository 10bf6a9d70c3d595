import { commandText } from './command/command.ts';
import { hasHidden, hasRightToLeft, mixedScripts } from './command/visible.ts';
import type { RequestView } from './request.ts';

/** What a reader could take for something else than it is. */
export interface Cautions {
  /** Invisible or control characters stand somewhere. */
  isHidden: boolean;
  isRightToLeft: boolean;
  /** Words of the command with letters that only look like Latin ones. */
  alike: string[];
}

/** Looks at the command and at every word of the caller that stands beside it. */
export function cautionsOf({
  command,
  cwd,
  reason,
  requester,
  context,
}: Pick<RequestView, 'command' | 'cwd' | 'reason' | 'requester' | 'context'>): Cautions {
  const { actor, repository, ref, job, step, host, change_summary } = context;
  const around = [cwd, reason, requester.actor, actor, repository, ref, job, step, host, change_summary];
  const text = commandText(command);
  const everything = [text, ...around].filter((each) => each != null).join('\n');
  return {
    isHidden: hasHidden(everything),
    isRightToLeft: hasRightToLeft(everything),
    alike: mixedScripts(text),
  };
}
