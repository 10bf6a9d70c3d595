import { createHash } from 'node:crypto';
import { assess } from '../risk/assess.ts';
import type { CompiledRule } from '../rules/compiled-rule.ts';
import { covers } from '../rules/covers.ts';
import { compileRules } from '../rules/rule-set.ts';
import { ruleWord } from '../rules/rule-text.ts';
import { mask } from './atoms.ts';
import { compiled, literalOf } from './compiled.ts';
import { Covering } from './covering.ts';
import { neighbours } from './neighbours.ts';
import type { Sighting } from './sightings.ts';
import type { KnownRule, PastDecision, PruneCause, Suggestion } from './suggestion.ts';

const UNUSED_MS = 14 * 86_400_000;
/** A rule with wildcards that covers more kinds of commands than this says too little. */
const MOST_KINDS = 2;
/** Lines whose neighbours are made up, for each rule. */
const MOST_LOOKED_AT = 50;

interface Facts {
  now: number;
  rules: readonly KnownRule[];
  denied: readonly PastDecision[];
  seen: readonly Sighting[];
}

interface Judged {
  known: KnownRule;
  compiled: CompiledRule[];
}

/** Rules in force that should go: each with its cause. */
export function pruned({ now, rules, denied, seen }: Facts): Suggestion[] {
  const judged = rules.map((known) => ({ known, compiled: compiled(known.rule) }));
  const contradicted = contradictedBy(denied, new Covering(judged));
  const covered = coveredOf(seen, new Covering(judged.filter(isWild)));
  return judged.flatMap((each) => {
    const found =
      whyInvalid(each) ??
      (contradicted.has(each) ? CONTRADICTED : null) ??
      whyTooBroad(each, covered.get(each) ?? []) ??
      whyRedundant(each, judged, seen) ??
      whyUnused(each, now);
    return found ? [suggestionOf(each.known, found)] : [];
  });
}

interface Why {
  cause: PruneCause;
  why: string;
}

type Place = Pick<KnownRule, 'environment' | 'project'>;

const holds = (known: KnownRule, place: Place): boolean =>
  (known.environment === '*' || known.environment === place.environment) &&
  (known.project === '*' || known.project === place.project);

const coversText = (rules: readonly CompiledRule[], text: string): boolean =>
  covers(rules, { kind: 'shell', text }).covered;

/** It matches nothing, and says more than rules may: no one should think that it is in force. */
function whyInvalid({ known, compiled: own }: Judged): Why | null {
  if (own.length > 0) return null;
  const [fault] = compileRules(known.rule).flatMap(({ compilation }) =>
    compilation.valid ? [] : [compilation.why],
  );
  return { cause: 'too-broad', why: `It is not valid: ${fault ?? 'it says nothing'}.` };
}

const CONTRADICTED: Why = { cause: 'denied', why: 'People denied a command that it covers.' };

/** In the same environment, whatever the project: what is denied there is denied. */
function contradictedBy(denied: readonly PastDecision[], all: Covering<Judged>): Set<Judged> {
  const found = new Set<Judged>();
  for (const { command, environment } of denied) {
    const isOpen = (each: Judged): boolean =>
      !found.has(each) && (each.known.environment === '*' || each.known.environment === environment);
    for (const each of all.of(command, isOpen)) found.add(each);
  }
  return found;
}

const isWild = ({ compiled: own }: Judged): boolean =>
  own.some(
    (rule) =>
      rule.kind === 'pattern' &&
      rule.shapes.some(({ words, rest }) => rest || words.some((word) => word.wildcards > 0)),
  );

/** What each of them covers of the lines that were seen. */
function coveredOf(seen: readonly Sighting[], wild: Covering<Judged>): Map<Judged, string[]> {
  const covered = new Map<Judged, string[]>();
  for (const sighting of seen) {
    for (const each of wild.of(sighting.text, ({ known }) => holds(known, sighting))) {
      const texts = covered.get(each);
      if (texts) texts.push(sighting.text);
      else covered.set(each, [sighting.text]);
    }
  }
  return covered;
}

function whyTooBroad(judged: Judged, covered: readonly string[]): Why | null {
  const { known, compiled: own } = judged;
  if (!isWild(judged)) return null;
  if (own.some((rule) => leavesOpenWhat(rule, known.environment)))
    return { cause: 'too-broad', why: 'It leaves open what is done, or what it is done to.' };
  const kinds = new Set(covered.map((text) => text.split(/\s+/).slice(0, 3).join(' ')));
  if (kinds.size > MOST_KINDS)
    return {
      cause: 'too-broad',
      why: `It covers ${kinds.size} kinds of commands: one rule for each says more.`,
    };
  const open = covered
    .slice(0, MOST_LOOKED_AT)
    .flatMap(neighbours)
    .find((text) => coversText(own, text));
  return open === undefined ? null : { cause: 'too-broad', why: `It would let pass \`${open}\`, too.` };
}

/** A whole word of it may be anything, and what it lets pass changes something. */
function leavesOpenWhat(rule: CompiledRule, environment: string): boolean {
  if (rule.kind === 'exact') return false;
  const name = environment === '*' ? 'production' : environment;
  return rule.shapes.some(({ words }) => {
    const isAnything = words.map((word) => word.wildcards > 0 && word.prefix + word.suffix === '');
    if (!isAnything.includes(true)) return false;
    const levels = ['api', 'delete', 'destroy'].map((filler) => {
      const texts = words.map((word, i) =>
        isAnything[i] ? filler : (word.literal ?? `${word.prefix}a${word.suffix}`),
      );
      const text = texts.map(ruleWord).join(' ');
      return assess({ command: { kind: 'shell', text }, environment: { name } }).level;
    });
    return levels.some((level) => level !== 'LOW');
  });
}

/** A rule for one command beside a pattern that covers it, wherever that command was ever seen. */
function whyRedundant(
  { known, compiled: own }: Judged,
  all: readonly Judged[],
  seen: readonly Sighting[],
): Why | null {
  const texts = own.map(literalOf);
  if (texts.length === 0 || texts.includes(null)) return null;
  // Of two that say the same the one of a family stays.
  const isMore = (other: Judged): boolean =>
    other.compiled.some((rule) => literalOf(rule) === null) ||
    (other.known.family !== null && known.family === null);
  const others = all.filter((other) => other.known !== known && isMore(other));
  const isCovered = (text: string): boolean =>
    placesOf(known, text, seen).every((place) =>
      others.some((other) => holds(other.known, place) && coversText(other.compiled, text)),
    );
  return texts.every((text) => isCovered(text ?? ''))
    ? { cause: 'redundant', why: 'Another rule covers everything that it covers.' }
    : null;
}

/** Where a rule lets a command pass: its own place, or every place of its kind of line when it holds in several. */
function placesOf(known: KnownRule, text: string, seen: readonly Sighting[]): Place[] {
  const isWide = known.environment === '*' || known.project === '*';
  const { skeleton } = mask(text);
  const places = isWide ? seen.filter((each) => each.skeleton === skeleton && holds(known, each)) : [];
  return places.length > 0 ? places : [known];
}

/** Not known is as good as used. */
function whyUnused({ known }: Judged, now: number): Why | null {
  if (known.createdAt === null || known.hits === null) return null;
  const since = known.lastMatchedAt ?? known.createdAt;
  if (known.createdAt > now - UNUSED_MS || since > now - UNUSED_MS) return null;
  return { cause: 'unused', why: 'It let nothing pass for 14 days.' };
}

function suggestionOf(known: KnownRule, { cause, why }: Why): Suggestion {
  const { rule, environment, project } = known;
  const id = createHash('sha256')
    .update(JSON.stringify(['prune', environment, project, rule]))
    .digest('hex')
    .slice(0, 16);
  return {
    id: `sug_${id}`,
    family: known.family ?? `rule_${id}`,
    kind: 'prune',
    environment,
    project,
    rules: [],
    replaces: [rule],
    cause,
    commandFamily: rule.replace(/^= /, '').split(/\s+/).slice(0, 3).join(' '),
    title: `Remove a rule that is ${cause === 'denied' ? 'contradicted by a denial' : cause.replace('-', ' ')}`,
    why,
    risk: 'LOW',
    acceptancesNeeded: 1,
    savesPerWeek: 0,
    slots: [],
    cautions: [],
    evidence: {
      approvals: 0,
      denials: 0,
      requesters: [],
      reviewers: [],
      days: 0,
      first: null,
      last: null,
      examples: [],
      wouldAlsoAllow: [],
      wouldNotAllow: [],
    },
  };
}
