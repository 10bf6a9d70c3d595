import { createHash } from 'node:crypto';
import type { CompiledRule } from '../rules/compiled-rule.ts';
import { covers } from '../rules/covers.ts';
import { compiled, literalOf } from './compiled.ts';
import { neighbours } from './neighbours.ts';
import type { Sighting } from './sightings.ts';
import type { KnownRule, PastDecision, PruneCause, Suggestion } from './suggestion.ts';

const UNUSED_MS = 14 * 86_400_000;
/** A rule with wildcards that covers more kinds of commands than this says too little. */
const MOST_KINDS = 2;

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
  return judged.flatMap((each) => {
    const found =
      whyDenied(each, denied) ??
      whyTooBroad(each, seen) ??
      whyRedundant(each, judged) ??
      whyUnused(each, now);
    return found ? [suggestionOf(each.known, found)] : [];
  });
}

interface Why {
  cause: PruneCause;
  why: string;
}

const holds = (known: KnownRule, place: { environment: string; project: string }): boolean =>
  (known.environment === '*' || known.environment === place.environment) &&
  (known.project === '*' || known.project === place.project);

const coversText = (rules: readonly CompiledRule[], text: string): boolean =>
  covers(rules, { kind: 'shell', text }).covered;

/** In the same environment, whatever the project: what is denied there is denied. */
function whyDenied({ known, compiled }: Judged, denied: readonly PastDecision[]): Why | null {
  const found = denied.find(
    (each) =>
      (known.environment === '*' || known.environment === each.environment) &&
      coversText(compiled, each.command),
  );
  return found ? { cause: 'denied', why: 'People denied a command that it covers.' } : null;
}

function whyTooBroad({ known, compiled }: Judged, seen: readonly Sighting[]): Why | null {
  const isWild = compiled.some(
    (rule) =>
      rule.kind === 'pattern' &&
      rule.shapes.some(({ words, rest }) => rest || words.some((w) => w.wildcards > 0)),
  );
  if (!isWild) return null;
  const covered = seen.filter((sighting) => holds(known, sighting) && coversText(compiled, sighting.text));
  const kinds = new Set(covered.map(({ text }) => text.split(/\s+/).slice(0, 3).join(' ')));
  if (kinds.size > MOST_KINDS)
    return {
      cause: 'too-broad',
      why: `It covers ${kinds.size} kinds of commands: one rule for each says more.`,
    };
  const open = covered.flatMap(({ text }) => neighbours(text)).find((text) => coversText(compiled, text));
  return open === undefined ? null : { cause: 'too-broad', why: `It would let pass \`${open}\`, too.` };
}

/** A rule for one command beside a pattern that covers it. */
function whyRedundant({ known, compiled }: Judged, all: readonly Judged[]): Why | null {
  const texts = compiled.map(literalOf);
  if (texts.length === 0 || texts.includes(null)) return null;
  const others = all.filter(
    (other) =>
      other.known !== known &&
      holds(other.known, known) &&
      other.compiled.some((rule) => literalOf(rule) === null),
  );
  const isCovered = texts.every((text) =>
    others.some(({ compiled: rules }) => coversText(rules, text ?? '')),
  );
  return isCovered ? { cause: 'redundant', why: 'Another rule covers everything that it covers.' } : null;
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
