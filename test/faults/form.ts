import { appendFileSync } from 'node:fs';

/** The long form is `npm run test:faults`; the short one runs with all the other tests. */
export const isLong = process.env.FAULTS_FORM === 'long';
/** What chance decides in a run. The same seed makes the same choices. */
export const seed = Number(process.env.FAULTS_SEED ?? 20_261_125);

export const inForm = <T>(short: T, long: T): T => (isLong ? long : short);

/** Numbers from 0 to 1 that are the same for the same seed (mulberry32), another row of them for each name. */
export function chance(name: string): () => number {
  let state = [...name].reduce((sum, letter) => (sum * 31 + letter.charCodeAt(0)) | 0, seed);
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
  };
}

export interface Measured {
  /** As in K1, P2 …; several for a test that shows several. */
  case: string;
  promise: string;
  /** How often the fault was made. */
  runs: number;
  /** What was measured, by its name with the unit. */
  figures: Record<string, number | string>;
}

/** Notes what a test of a promise has measured, for the table at the end of the long form. */
export function measured(what: Measured): void {
  const file = process.env.FAULTS_MEASURED;
  if (file) appendFileSync(file, `${JSON.stringify(what)}\n`);
}

/** The value below which this part of them lies. */
export function quantile(values: readonly number[], part: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return Math.round(sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * part))] ?? 0);
}

export const largest = (values: readonly number[]): number => Math.round(Math.max(0, ...values));
