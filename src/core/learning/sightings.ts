import { type Atom, type AtomKind, mask } from './atoms.ts';
import type { PastDecision } from './suggestion.ts';
import { type Approval, count, dayOf, type Tally, tallyOf } from './tally.ts';

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

interface Line extends Approval {
  text: string;
}

/** Kinds of lines of one environment and project, by their skeletons. Most come once: they stay the line they are. */
interface Scope {
  environment: string;
  project: string;
  kinds: Map<string, Line | Gathered>;
}

/** Collects approved lines in memory that grows with their kinds, not with their number. */
export class Sightings {
  readonly #scopes = new Map<string, Map<string, Scope>>();
  readonly #people = new Map<string, string[]>();
  readonly #days = new Map<number, number[]>();

  add({ at, environment, project, requester, decidedBy, command }: PastDecision): void {
    const { skeleton, atoms } = mask(command);
    const scope = this.#scopeOf(environment, project);
    const line = {
      at,
      requesters: alone(this.#people, requester),
      reviewers: alone(this.#people, decidedBy ?? ''),
      days: alone(this.#days, dayOf(at)),
      text: command,
    };
    const known = scope.kinds.get(skeleton);
    if (known instanceof Gathered) known.add(line, atoms);
    else if (known === undefined) scope.kinds.set(skeleton, line);
    else {
      const gathered = new Gathered(scope, skeleton, known);
      gathered.add(line, atoms);
      scope.kinds.set(skeleton, gathered);
    }
  }

  /** In one order, whatever came first. */
  all(): Sighting[] {
    return [...this.#scopes.values()]
      .flatMap((projects) => [...projects.values()])
      .sort((a, b) => (`${a.environment}\n${a.project}` < `${b.environment}\n${b.project}` ? -1 : 1))
      .flatMap((scope) =>
        [...scope.kinds]
          .sort(([a], [b]) => (a < b ? -1 : 1))
          .map(([skeleton, seen]) => (seen instanceof Gathered ? seen : seenOnce(scope, skeleton, seen))),
      );
  }

  #scopeOf(environment: string, project: string): Scope {
    const projects = this.#scopes.get(environment) ?? new Map<string, Scope>();
    if (projects.size === 0) this.#scopes.set(environment, projects);
    const known = projects.get(project);
    if (known) return known;
    const scope = { environment, project, kinds: new Map() };
    projects.set(project, scope);
    return scope;
  }
}

/** The list of just this one, the same for all decisions: there are far more of them than people and days. */
function alone<T>(lists: Map<T, T[]>, one: T): T[] {
  const known = lists.get(one);
  if (known) return known;
  const list = [one];
  lists.set(one, list);
  return list;
}

/** Spelled out only while somebody looks: there may be as many of them as there are lines. */
const seenOnce = ({ environment, project }: Scope, skeleton: string, line: Line): Sighting => ({
  environment,
  project,
  skeleton,
  text: line.text,
  get columns() {
    return columnsOf(line);
  },
  get tally() {
    return tallyOf(line);
  },
  get latest() {
    return [line];
  },
});

class Gathered implements Sighting {
  readonly environment: string;
  readonly project: string;
  readonly skeleton: string;
  readonly columns: KeptColumn[];
  readonly tally: Tally;
  readonly latest: Line[];
  text: string;

  constructor({ environment, project }: Scope, skeleton: string, first: Line) {
    this.environment = environment;
    this.project = project;
    this.skeleton = skeleton;
    this.columns = columnsOf(first);
    this.tally = tallyOf(first);
    this.latest = [first];
    this.text = first.text;
  }

  add(line: Line, atoms: readonly Atom[]): void {
    count(this.tally, line);
    for (let i = 0; i < atoms.length; i++) see(this.columns[i] as KeptColumn, atoms[i]?.value ?? '', line);
    if (line.text < this.text) this.text = line.text;
    keepLatest(this.latest, line);
  }
}

interface KeptColumn extends Column {
  /** Of the values that are kept. */
  largest: string;
}

const columnsOf = (line: Line): KeptColumn[] =>
  mask(line.text).atoms.map(({ kind, value }) => ({
    kind,
    values: new Map([[value, tallyOf(line)]]),
    overflows: false,
    lengths: new Set([value.length]),
    largest: value,
  }));

const isVolatile = (kind: AtomKind): boolean =>
  kind === 'sha' ||
  kind === 'semver' ||
  kind === 'date' ||
  kind === 'uuid' ||
  kind === 'ulid' ||
  kind === 'digest';

function see(column: KeptColumn, value: string, line: Line): void {
  const { values, lengths } = column;
  lengths.add(value.length);
  if (column.overflows && value > column.largest) return;
  const known = values.get(value);
  if (known) {
    count(known, line);
    return;
  }
  if (values.size >= (isVolatile(column.kind) ? MOST_VOLATILE : MOST_VALUES)) {
    column.overflows = true;
    if (value > column.largest) return;
    values.delete(column.largest);
    column.largest = '';
    for (const kept of values.keys()) if (kept > column.largest) column.largest = kept;
  }
  values.set(value, tallyOf(line));
  if (value > column.largest) column.largest = value;
}

const SHOWN = 3;

/** The latest first; of the same moment the smallest. */
function keepLatest(latest: Line[], line: Line): void {
  let place = latest.length;
  while (place > 0 && isLater(line, latest[place - 1] as Line)) place -= 1;
  if (place >= SHOWN) return;
  for (let i = Math.min(latest.length, SHOWN - 1); i > place; i--) latest[i] = latest[i - 1] as Line;
  latest[place] = line;
}

const isLater = (one: Line, other: Line): boolean =>
  one.at > other.at || (one.at === other.at && one.text < other.text);
