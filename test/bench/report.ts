/** What every part of the benchmark prints: JSON lines, of which figures and goals become the table at the end. */
export interface Figure {
  what: 'figure';
  part: string;
  name: string;
  value: number;
  unit: string;
  /** What it is measured beside, in the same run. */
  yardstick?: string;
  yardstick_value?: number;
  /** Of values of the same round: their median is not the ratio of the medians. */
  ratio?: number;
}
export interface Goal {
  what: 'goal';
  id: string;
  value: number;
  goal?: number;
  met: boolean;
}

export const say = (line: object): void => void process.stdout.write(`${JSON.stringify(line)}\n`);

export const figure = (
  part: string,
  name: string,
  value: number,
  unit: string,
  beside: Partial<Figure> = {},
) => say({ what: 'figure', part, name, value: round(value), unit, ...beside } satisfies Figure);

export function goal(id: string, value: number, { most, least }: { most?: number; least?: number }): void {
  const met = most !== undefined ? value <= most : value >= (least ?? 0);
  say({ what: 'goal', id, value: round(value), goal: most ?? least, met } satisfies Goal);
}

export const round = (number: number): number => Number(number.toPrecision(4));
export const median = (numbers: readonly number[]): number =>
  numbers.toSorted((a, b) => a - b)[numbers.length >> 1] ?? Number.NaN;
/** The share of the sorted values that are at most the result. */
export const percentile = (numbers: readonly number[], share: number): number =>
  numbers.toSorted((a, b) => a - b)[Math.min(numbers.length - 1, Math.floor(numbers.length * share))] ??
  Number.NaN;
