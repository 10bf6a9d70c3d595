import type { Span } from '../command/walk.ts';
import type { RiskReason } from './assessment.ts';
import type { Touches } from './row.ts';

const slug = (why: string): string =>
  why
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-|-$/g, '')
    .slice(0, 48);

/** One part of a score; its id is made of the reason. */
export const part = (points: number, why: string, span?: Span): RiskReason => ({
  id: slug(why),
  points,
  why,
  ...(span ? { span } : {}),
});

/** The sum of parts, not cut to 0–100. */
export const sum = (parts: readonly RiskReason[]): number =>
  parts.reduce((total, one) => total + one.points, 0);

/** The base of one command: what it does by itself, before anything makes it worse. */
export interface Base {
  parts: RiskReason[];
  touches: Touches;
}

/** A base of one part. */
export const base = (points: number, why: string, touches: Touches = 'shared'): Base => ({
  parts: [part(points, why)],
  touches,
});
