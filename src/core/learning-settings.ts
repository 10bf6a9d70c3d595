import type { RiskLevel } from './risk/assessment.ts';

/** How the gate learns, as configured. */
export interface LearningSettings {
  /** When the night's work begins, by the wall clock of `timeZone`: `03:00`. */
  at: string;
  timeZone: string;
  /** The share (0 to 1) of what suggested rules cover that is shown to people all the same. */
  spotChecks: number;
  /** Accepted rules only note what they would have let pass for so many days; 0: they let pass at once. */
  shadowDays: number;
  /** So long an accepted rule lives. */
  expiresAfterDays: number;
  /** Distinct people who must accept a suggestion of this risk. */
  acceptances: Record<Exclude<RiskLevel, 'CRITICAL'>, number>;
  /** Suggestions shown at once. */
  maxCards: number;
  /** A rule nobody needed for so many days is announced to go, … */
  unusedAfterDays: number;
  /** … and goes so many days later. */
  noticeDays: number;
  /** What a decision costs whoever takes it, for the report. */
  minutesPerApproval: number;
}

/** What was pruned or replaced can be brought back for so many days. */
export const UNDO_DAYS = 30;
