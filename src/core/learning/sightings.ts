import { type AtomKind, mask } from './atoms.ts';
import type { PastDecision } from './suggestion.ts';
import { count, newTally, type Tally } from './tally.ts';

/** Values kept of one place; a place with more is no closed set anyway. */
const MOST_VALUES = 64;
const MOST_VOLATILE = 4;

/** What stood in one place of the lines of a sighting. */
export interface Column {
  kind: AtomKind;
  /** The smallest of them, so that the order of arrival does not matter. */
  values: Map<string, Tally>;
  /** There were more than are kept. */
  overflows: boolean;
  lengths: Set<number>;
}

/** Approved lines that are the same but for their atoms. */
export interface Sighting {
  environment: string;
  project: string;
  skeleton: string;
  columns: Column[];
  tally: Tally;
  /** The smallest line. */
  text: string;
  /** The latest lines, for people. */
  latest: { at: number; text: string }[];
}

/** Collects approved lines in memory that grows with their kinds, not with their number. */
export class Sightings {
  readonly #byKey = new Map<string, Sighting>();

  add(decision: PastDecision): void {
    const { skeleton, atoms } = mask(decision.command);
    const key = `${decision.environment}\n${decision.project}\n${skeleton}`;
    let sighting = this.#byKey.get(key);
    if (!sighting) {
      sighting = {
        environment: decision.environment,
        project: decision.project,
        skeleton,
        columns: atoms.map(({ kind }) => ({
          kind,
          values: new Map(),
          overflows: false,
          lengths: new Set(),
        })),
        tally: newTally(),
        text: decision.command,
        latest: [],
      };
      this.#byKey.set(key, sighting);
    }
    count(sighting.tally, decision);
    for (let i = 0; i < atoms.length; i++)
      see(sighting.columns[i] as Column, atoms[i]?.value ?? '', decision);
    if (decision.command < sighting.text) sighting.text = decision.command;
    keepLatest(sighting.latest, decision);
  }

  /** In one order, whatever came first. */
  all(): Sighting[] {
    return [...this.#byKey].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, sighting]) => sighting);
  }
}

const isVolatile = (kind: AtomKind): boolean =>
  kind === 'sha' ||
  kind === 'semver' ||
  kind === 'date' ||
  kind === 'uuid' ||
  kind === 'ulid' ||
  kind === 'digest';

function see(column: Column, value: string, decision: PastDecision): void {
  column.lengths.add(value.length);
  const known = column.values.get(value);
  if (known) {
    count(known, decision);
    return;
  }
  const most = isVolatile(column.kind) ? MOST_VOLATILE : MOST_VALUES;
  if (column.values.size >= most) {
    column.overflows = true;
    let largest = '';
    for (const kept of column.values.keys()) if (kept > largest) largest = kept;
    if (value >= largest) return;
    column.values.delete(largest);
  }
  const tally = newTally();
  count(tally, decision);
  column.values.set(value, tally);
}

const SHOWN = 3;

function keepLatest(latest: Sighting['latest'], { at, command: text }: PastDecision): void {
  const last = latest[latest.length - 1];
  if (latest.length >= SHOWN && last && (at < last.at || (at === last.at && text >= last.text))) return;
  latest.push({ at, text });
  latest.sort((a, b) => b.at - a.at || (a.text < b.text ? -1 : 1));
  if (latest.length > SHOWN) latest.pop();
}
