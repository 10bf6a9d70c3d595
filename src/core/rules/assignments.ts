import type { Fault } from '../command/admissible.ts';
import type { Assignment } from '../command/simple-command.ts';
import type { Shape } from './compiled-rule.ts';
import { wordMatches } from './word-matches.ts';
import { plainLiteral } from './word-pattern.ts';

const NAMES = new Set(
  'PATH IFS ENV BASH_ENV SHELLOPTS BASHOPTS PS4 PROMPT_COMMAND HOME SHELL PAGER EDITOR VISUAL BROWSER KUBECONFIG KUBE_EDITOR LESSOPEN LESSCLOSE MANPAGER RUBYOPT DOCKER_HOST'.split(
    ' ',
  ),
);
const BEGINNINGS = /^(?:LD_|DYLD_|GIT_|PYTHON|PERL5|NODE_|AWS_|SSH_|GCONV_|BASH_FUNC_)|^NPM_CONFIG_/;

/** R8: whether a variable decides what runs, so that its value must be spelled out. npm reads either case. */
export const decidesWhatRuns = (name: string): boolean =>
  NAMES.has(name) || BEGINNINGS.test(name) || /^npm_config_/i.test(name);

/** R8: why the assignments of a rule are not valid, or null. */
export function assignmentFault(assignments: Shape['assignments']): Fault | null {
  const open = assignments.find(({ name, value }) => decidesWhatRuns(name) && plainLiteral(value) === null);
  if (!open) return null;
  return {
    why: `\`${open.name}\` decides what runs, so its value must be literal`,
    mend: 'spell the value out',
  };
}

/** R8: same names, same order, same number, and every value matches. */
export function assignmentsMatch(granted: Shape['assignments'], made: readonly Assignment[]): boolean {
  return (
    granted.length === made.length &&
    granted.every(({ name, value }, i) => {
      const other = made[i];
      return other?.name === name && other.value.static && wordMatches(value, other.value.value);
    })
  );
}
