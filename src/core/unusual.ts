import type { Request } from './request.ts';
import { isAtLeast } from './risk/assessment.ts';

/** Reasons of a score that say: this is not what is asked here every day, or not what it looks like. */
const UNUSUAL = new Set([
  'not-analysable',
  'hidden-characters',
  'mixed-scripts',
  'right-to-left',
  'outside-office-hours',
  'never-seen-here',
  'new-requester',
  'double-deploy',
  'burst',
  'retry-of-denied',
]);

/** A command that deserves a word of explanation. An action is in words already. */
export const isUnusual = ({ command, assessment }: Pick<Request, 'command' | 'assessment'>): boolean =>
  command.kind !== 'action' &&
  (isAtLeast(assessment.level, 'HIGH') || assessment.reasons.some(({ id }) => UNUSUAL.has(id)));
