import type { RequestView } from './request.ts';
import { RISK_LEVELS, type RiskLevel } from './risk/assessment.ts';

/** The highest risk among all that one decision is for: asking again and again may have raised it. */
export const highestLevel = ({
  assessment,
  followers,
}: Pick<RequestView, 'assessment' | 'followers'>): RiskLevel =>
  [assessment, ...followers.shown.map((one) => one.assessment)]
    .map(({ level }) => level)
    .reduce((high, level) => (RISK_LEVELS.indexOf(level) > RISK_LEVELS.indexOf(high) ? level : high));
