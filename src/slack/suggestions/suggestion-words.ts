import type { PruneCause, Suggestion, SuggestionKind } from '../../core/learning/suggestion.ts';
import { grouped } from '../../core/wording.ts';
import { said } from '../blocks.ts';
import { environmentName } from '../texts.ts';

// Words that list, card and messages say alike.

/** What pressing the first button means. */
export const VERB: Record<SuggestionKind, string> = {
  add: 'Accept',
  extend: 'Accept',
  replace: 'Accept',
  prune: 'Remove',
};

export const KIND: Record<SuggestionKind, string> = {
  add: 'New rules',
  extend: 'Widens rules in force',
  replace: 'Tidies rules in force',
  prune: 'Rules to remove',
};

export const CAUSE: Record<PruneCause, string> = {
  redundant: 'Another rule covers the same commands.',
  unused: 'Nobody has needed it for a long time.',
  'too-broad': 'It lets through more than was ever approved.',
  expiring: 'It is about to expire.',
  denied: 'Somebody denied a command that it covers.',
};

export const CAUSE_SHORT: Record<PruneCause, string> = {
  redundant: 'covered by another rule',
  unused: 'not used any more',
  'too-broad': 'too broad',
  expiring: 'about to expire',
  denied: 'covers a denied command',
};

/** `saves about 12 approvals a week` */
export function savings(perWeek: number): string {
  const count = Math.round(Math.min(perWeek, 1e6));
  if (!(perWeek > 0)) return 'saves no approvals of late';
  if (count < 1) return 'saves less than one approval a week';
  return `saves about ${counted(count, 'approval')} a week`;
}

/** `1 day`, `1,204 approvals`, `2 people` */
export const counted = (count: number, one: string, many = `${one}s`): string =>
  `${grouped(count)} ${count === 1 ? one : many}`;

/** Where it would hold. */
export const scopeOf = ({ environment, project }: Pick<Suggestion, 'environment' | 'project'>): string =>
  [
    environment === '*' ? 'every environment' : environmentName(environment),
    project === '*' ? 'every project' : `project ${said(project, 60)}`,
  ].join(' · ');

export const titleOf = ({ title, commandFamily, kind }: Suggestion, max: number): string =>
  said(title.trim() || commandFamily.trim() || KIND[kind], max);
