import { createHash } from 'node:crypto';
import type { Command } from '../command/command.ts';
import { redactText } from '../command/redact.ts';
import { type Assessment, RISK_LEVELS } from '../risk/assessment.ts';
import type { CompiledRule } from '../rules/compiled-rule.ts';
import { covers } from '../rules/covers.ts';
import { samplesOf } from '../rules/sample.ts';
import { mask } from './atoms.ts';
import type { Family } from './family.ts';
import { familyName } from './family-name.ts';
import { neighbours } from './neighbours.ts';
import type { SlotValues, Suggestion } from './suggestion.ts';
import { isEvidence, type Tally } from './tally.ts';

const DAY_MS = 86_400_000;
const WEEK_MS = 7 * DAY_MS;
/** What was asked only so lately, in a project known for so long, is a sudden change. */
const [SUDDEN_MS, LONG_MS] = [3 * DAY_MS, 14 * DAY_MS];
const SHOWN = 3;
const MOST_SEEN = 12;

const shell = (text: string): Command => ({ kind: 'shell', text });

/** How a family changes the whitelist. */
export interface Change {
  kind: 'add' | 'extend' | 'replace';
  rules: string[];
  replaces: string[];
  compiledFamily: CompiledRule[];
  /** What is in force of the family. */
  before: CompiledRule[];
  /** Everything approved in its project. */
  asked: Tally;
}

/** The proposal with all that a person needs to judge it. */
export function describe(family: Family, { level }: Assessment, change: Change): Suggestion {
  const { tally, sightings, environment, project } = family;
  const name = familyName(family.name, sightings[0]?.text ?? '');
  const weeks = Math.max(1, (tally.last - tally.first) / WEEK_MS);
  const latest = sightings.flatMap((s) => s.latest).sort((a, b) => b.at - a.at || (a.text < b.text ? -1 : 1));
  // Of an extension, what is new in it comes first.
  const isOld = (text: string): boolean => covers(change.before, shell(text)).covered;
  const shown = [...latest.filter(({ text }) => !isOld(text)), ...latest.filter(({ text }) => isOld(text))];
  const examples = [...new Set(shown.map(({ text }) => redactText(text)))].slice(0, SHOWN);
  const samples = change.compiledFamily.flatMap(samplesOf);
  const approved = new Set(sightings.map(({ text }) => text));
  const kinds = new Set(sightings.map(({ skeleton }) => skeleton));
  const isOfNewKind = (text: string): boolean => !kinds.has(mask(text).skeleton);
  // What was never asked in any version tells more than one more version.
  const invented = [...samples.filter(isOfNewKind), ...samples].filter((text) => !approved.has(text));
  const not = neighbours(sightings[0]?.text ?? '').filter(
    (text) => !covers(change.compiledFamily, shell(text)).covered,
  );
  const { kind, rules, replaces } = change;
  const id = createHash('sha256')
    .update(JSON.stringify([kind, family.id, rules, replaces]))
    .digest('hex');
  return {
    id: `sug_${id.slice(0, 16)}`,
    family: family.id,
    kind,
    environment,
    project,
    rules,
    replaces,
    cause: null,
    commandFamily: name,
    title: `${kind === 'extend' ? 'More of' : 'Let pass'} ${name} in ${environment}`,
    why: `People approved it ${tally.approvals} times on ${tally.days.length} ${tally.days.length === 1 ? 'day' : 'days'}; nobody denied it.`,
    risk: level,
    acceptancesNeeded: RISK_LEVELS.indexOf(level) >= RISK_LEVELS.indexOf('HIGH') ? 2 : 1,
    savesPerWeek: Math.round((tally.approvals / weeks) * 10) / 10,
    slots: mergedSlots(family.slots),
    cautions: cautionsOf(family, change.asked),
    evidence: {
      approvals: tally.approvals,
      denials: 0,
      requesters: tally.requesters,
      reviewers: tally.reviewers.filter((reviewer) => reviewer !== ''),
      days: tally.days.length,
      first: tally.first,
      last: tally.last,
      examples,
      wouldAlsoAllow: [...new Set(invented.map(redactText))].slice(0, SHOWN),
      wouldNotAllow: not.map(redactText).slice(0, SHOWN),
    },
  };
}

function cautionsOf({ tally, elsewhere }: Family, asked: Tally): string[] {
  const [only, ...others] = tally.requesters;
  const isSudden = tally.first > asked.last - SUDDEN_MS && asked.first < asked.last - LONG_MS;
  return [
    ...(isSudden ? ['Nobody asked for it until a few days ago.'] : []),
    ...(others.length === 0 ? [`Only ${only} asked for it so far.`] : []),
    ...(isEvidence(tally)
      ? []
      : [`Seldom approved here; in other environments of the project ${elsewhere.approvals} times.`]),
  ];
}

/** Each open place once, however many rules of the family have it. */
function mergedSlots(slots: readonly SlotValues[]): SlotValues[] {
  const merged = new Map<string, SlotValues>();
  for (const { slot, seen, count } of slots) {
    const known = merged.get(slot);
    const all = [...new Set([...(known?.seen ?? []), ...seen])];
    merged.set(slot, {
      slot,
      seen: all.slice(0, MOST_SEEN),
      count: Math.max(all.length, count, known?.count ?? 0),
    });
  }
  return [...merged.values()];
}
