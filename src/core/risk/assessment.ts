/** Ordered: a later level is the higher risk. Scores 0–29, 30–59, 60–79, 80–100. */
export const RISK_LEVELS = ['LOW', 'MEDIUM', 'HIGH', 'CRITICAL'] as const;
export type RiskLevel = (typeof RISK_LEVELS)[number];

/** Is a level this one or higher? */
export const isAtLeast = (level: RiskLevel, least: RiskLevel): boolean =>
  RISK_LEVELS.indexOf(level) >= RISK_LEVELS.indexOf(least);

/** One part of a score. `points` may be negative; `span` is the place in the command's text, in UTF-16 units. */
export interface RiskReason {
  id: string;
  points: number;
  why: string;
  span?: { start: number; end: number };
}

/** What the gate thinks of a command: score 0–100, its level, and every part of it with its reason. */
export interface Assessment {
  score: number;
  level: RiskLevel;
  reasons: RiskReason[];
}

/** Every part of a score, the heaviest first. */
export const heaviestFirst = ({ reasons }: Pick<Assessment, 'reasons'>): RiskReason[] =>
  reasons.toSorted((a, b) => b.points - a.points);

/** The level of a score from 0 to 100. */
export const levelOf = (score: number): RiskLevel =>
  score >= 80 ? 'CRITICAL' : score >= 60 ? 'HIGH' : score >= 30 ? 'MEDIUM' : 'LOW';
