/** Engines that answer the same questions in turns, and what their times say of one another. */

const BATCH = 50;

export type Ask = (question: string) => boolean;

export interface Engine {
  name: string;
  size: number;
  questions: readonly Buffer[];
  /** Answers of one batch of fresh strings; returns how many are covered and the milliseconds that count. */
  run: (batch: readonly Buffer[]) => { covered: number; ms: number };
  /** Nanoseconds a question in each round. */
  times: number[];
}

export const cut = (bytes: Buffer): string => bytes.toString('latin1');
export const round = (number: number): number => Number(number.toPrecision(4));
export const median = (numbers: readonly number[]): number =>
  numbers.toSorted((a, b) => a - b)[numbers.length >> 1] ?? Number.NaN;

/** The whole of it counts, the cutting of the string too. */
export const whole =
  (ask: Ask): Engine['run'] =>
  (batch) => {
    const start = performance.now();
    let covered = 0;
    for (const bytes of batch) covered += ask(cut(bytes)) ? 1 : 0;
    return { covered, ms: performance.now() - start };
  };

/** What is asked is made afresh before the clock starts: only the answering counts. */
export const prepared =
  <Q>(prepare: (bytes: Buffer) => Q, ask: (question: Q) => boolean): Engine['run'] =>
  (batch) => {
    const questions = batch.map(prepare);
    const start = performance.now();
    let covered = 0;
    for (const question of questions) covered += ask(question) ? 1 : 0;
    return { covered, ms: performance.now() - start };
  };

/** All engines in turns. The first round warms up. */
export function measure(engines: readonly Engine[], rounds: number): void {
  for (let turn = 0; turn < rounds + 1; turn++) {
    for (const { questions, run, times } of engines) {
      let ms = 0;
      for (let at = 0; at < questions.length; at += BATCH) ms += run(questions.slice(at, at + BATCH)).ms;
      if (turn > 0) times.push((ms * 1e6) / questions.length);
    }
  }
}

/** How many times slower, taken within each round. */
export const ratio = (engine: Engine, other: Engine): number =>
  median(engine.times.map((ns, i) => ns / (other.times[i] ?? Number.NaN)));

/** The power of the number of rules that the time grows with, taken within each round. */
export const exponent = (engine: Engine, smaller: Engine): number =>
  median(engine.times.map((ns, i) => Math.log(ns / (smaller.times[i] ?? Number.NaN)))) /
  Math.log(engine.size / smaller.size);
