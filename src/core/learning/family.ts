import { createHash } from 'node:crypto';
import type { Sighting } from './sightings.ts';
import type { SlotValues } from './suggestion.ts';
import type { Tally } from './tally.ts';

/** Rules that belong together, with the approved lines they come from. */
export interface Family {
  id: string;
  environment: string;
  project: string;
  /** `kubectl rollout status` */
  name: string;
  rules: string[];
  sightings: Sighting[];
  tally: Tally;
  /** Approvals in other environments of the project that count here, too. */
  elsewhere: Tally;
  /** What stood in the open places of its rules. */
  slots: SlotValues[];
}

/** Stays the same while a family grows. */
export const familyId = (environment: string, project: string, key: string): string =>
  `fam_${createHash('sha256').update(`${environment}\n${project}\n${key}`).digest('hex').slice(0, 16)}`;
