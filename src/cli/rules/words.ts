import type { RuleLine } from '../../api/rules.ts';

type Scope = Pick<RuleLine, 'project' | 'repository' | 'requester' | 'cwd'>;

/** Where a rule holds, beside its environment: `shop, repository acme/shop, in /srv`. */
export const scopeWords = ({ project, repository, requester, cwd }: Scope): string =>
  [project, repository && `repository ${repository}`, requester && `by ${requester}`, cwd && `in ${cwd}`]
    .filter(Boolean)
    .join(', ');
