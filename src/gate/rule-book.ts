import type { Command } from '../core/command/command.ts';
import type { CoveringRule } from '../core/decide.ts';
import { type Coverage, coverage } from '../core/rules/covers.ts';
import { type NearMiss, nearMisses } from '../core/rules/explain.ts';
import { RuleIndex } from '../core/rules/rule-index.ts';
import { compileRules } from '../core/rules/rule-set.ts';
import { outOfScope, type Place } from '../core/rules/scope.ts';
import type { Database, Tx } from '../store/database.ts';
import { type RuleRow, rulesInForce, rulesVersionNow } from '../store/rules.ts';

/** The rules in force, indexed, as of one version of the table. */
export interface RuleBook {
  version: number;
  index: RuleIndex<RuleRow>;
  rows: RuleRow[];
}

/**
 * Keeps the rules of this process at the version of the database: a rule takes effect, and loses it, in every
 * replica with the transaction that changes it, because each decision compares one number first.
 */
export function createRuleBook(database: Database): RuleBooks {
  let book: RuleBook = { version: -1, index: new RuleIndex(), rows: [] };
  let reading: Promise<RuleBook> | null = null;
  const books: RuleBooks = {
    async current(tx, known) {
      const db = tx ?? database.db;
      const version = known ?? (await rulesVersionNow(db));
      if (version === book.version) return book;
      const rows = await rulesInForce(db);
      // After a change many ask at once: whoever read first has indexed them for all.
      if (version !== book.version) book = readBook(version, rows);
      return book;
    },
    async at(version) {
      if (version === book.version) return book;
      reading ??= books.current().finally(() => {
        reading = null;
      });
      const now = await reading;
      return now.version === version ? now : null;
    },
  };
  return books;
}

export interface RuleBooks {
  /** @param known the version, as the caller has just read it */
  current(tx?: Tx, known?: number): Promise<RuleBook>;
  /** The rules as of this version; null when they have changed since. */
  at(version: number): Promise<RuleBook | null>;
}

function readBook(version: number, rows: RuleRow[]): RuleBook {
  const index = new RuleIndex<RuleRow>();
  for (const row of rows) {
    for (const { compilation } of compileRules(row.text))
      if (compilation.valid) index.add(compilation.rule, row);
  }
  return { version, index, rows };
}

/** Do the rules that hold in this place cover the whole command? `now` (ms) is the database's: rules expire. */
export function coveredBy(book: RuleBook, command: Command, place: Place, now: number): Coverage<RuleRow> {
  return coverage(book.index.within(holdsIn(place, now)), command);
}

const holdsIn =
  (place: Place, now: number) =>
  (row: RuleRow): boolean =>
    !isInShadow(row, now) && wouldHoldIn(place, now)(row);

const wouldHoldIn =
  (place: Place, now: number) =>
  (row: RuleRow): boolean =>
    (row.expiresAt === null || now < row.expiresAt.getTime()) && outOfScope(row, place) === null;

const isInShadow = ({ shadowUntil }: RuleRow, now: number): boolean =>
  shadowUntil !== null && now < shadowUntil.getTime();

/** The rules in the shadow without which a command asks people, and with which it would not. */
export function shadowOver(book: RuleBook, command: Command, place: Place, now: number): RuleRow[] {
  if (!book.rows.some((row) => isInShadow(row, now))) return [];
  const found = coverage(book.index.within(wouldHoldIn(place, now)), command);
  return found.covered ? [...new Set(found.rules)].filter((row) => isInShadow(row, now)) : [];
}

/** The rules of this place that come nearest to a command they do not cover, with what is in the way. */
export function nearestRules(book: RuleBook, command: Command, place: Place, now: number): NearMiss[] {
  const found = coveredBy(book, command, place, now);
  if (found.covered || found.because.kind !== 'uncovered') return [];
  const [name] = found.because.command.words;
  // Only rules that spell out its program come near: the others need not be read.
  const texts = book.rows
    .filter((row) => name?.static && row.text.includes(name.value) && holdsIn(place, now)(row))
    .map((row) => row.text);
  const compiled = texts.flatMap((text) => compileRules(text).map(({ compilation }) => compilation));
  const rules = compiled.flatMap((compilation) => (compilation.valid ? [compilation.rule] : []));
  return nearMisses(rules, found.because.command);
}

/** What deciding needs of the rules that cover a command; null when they do not. */
export const coveringRules = (found: Coverage<RuleRow>): CoveringRule[] | null =>
  found.covered
    ? [...new Set(found.rules)].map(({ id, text, allowsCritical, whenUnanswered }) => ({
        id,
        text,
        allowsCritical,
        whenUnanswered: whenUnanswered === 'allow' ? 'allow' : null,
      }))
    : null;

/** Rules that would cover the command elsewhere, with why they do not hold here: for the explanation. */
export function coveringElsewhere(
  book: RuleBook,
  command: Command,
  place: Place,
): { row: RuleRow; why: string }[] {
  const found = coverage(
    book.index.within(() => true),
    command,
  );
  if (!found.covered) return [];
  return [...new Set(found.rules)].flatMap((row) => {
    const why = outOfScope(row, place);
    return why ? [{ row, why }] : [];
  });
}
