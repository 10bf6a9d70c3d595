import type { ReportBody, SimulatedBody, SuggestionBody } from '../api/suggestions.ts';
import { narrowings } from '../core/learning/narrow.ts';
import type { reportNow } from '../gate/night/report.ts';
import type { Flips, Simulation } from '../gate/simulate.ts';
import type { SuggestionRow } from '../store/suggestions.ts';

/** A suggestion as clients see it. */
export function presentSuggestion(row: SuggestionRow, environments: readonly string[]): SuggestionBody {
  const { body } = row;
  const { evidence } = body;
  return {
    id: row.id,
    version: row.version,
    family: row.family,
    kind: row.kind,
    state: row.state,
    environment: row.environment,
    project: row.project,
    rules: body.rules,
    replaces: body.replaces,
    cause: body.cause,
    command_family: body.commandFamily,
    title: body.title,
    why: body.why,
    words: row.words && { title: row.words.title, sentence: row.words.sentence },
    risk: body.risk,
    saves_per_week: row.savesPerWeek,
    slots: body.slots,
    cautions: body.cautions,
    evidence: {
      approvals: evidence.approvals,
      denials: evidence.denials,
      requesters: evidence.requesters,
      reviewers: evidence.reviewers,
      days: evidence.days,
      first: timeOf(evidence.first),
      last: timeOf(evidence.last),
      examples: evidence.examples,
      would_also_allow: evidence.wouldAlsoAllow,
      would_not_allow: evidence.wouldNotAllow,
    },
    narrowings: narrowings(body, environments),
    accepted_by: row.acceptedBy.map(({ name }) => name),
    answered_at: row.answeredAt?.toISOString() ?? null,
    answered_by: row.answeredByName,
    reason: row.reason,
    narrowed_from: row.narrowedFrom,
    night: row.night,
  };
}

const timeOf = (ms: number | null): string | null => (ms === null ? null : new Date(ms).toISOString());

export const presentSimulation = (made: Simulation): SimulatedBody => ({
  days: made.days,
  decisions: made.decisions,
  would_run: made.wouldRun.map(flips),
  would_ask: made.wouldAsk.map(flips),
  denied_would_run: made.deniedWouldRun.map(flips),
});

const flips = ({ environment, family, count, examples }: Flips) => ({ environment, family, count, examples });

export function presentReport(made: Awaited<ReturnType<typeof reportNow>>): ReportBody {
  const { whitelist } = made;
  return {
    days: made.days,
    decided: made.decided,
    passed: made.passed,
    by_people: made.byPeople,
    hit_rate: made.hitRate,
    saved_seconds: made.savedSeconds,
    saved_minutes: made.savedMinutes,
    median_seconds: made.medianSeconds,
    p90_seconds: made.p90Seconds,
    answerers: made.answerers.map(({ name, decisions, medianSeconds }) => ({
      name,
      decisions,
      median_seconds: medianSeconds,
    })),
    most_asked: made.mostAsked,
    rules: whitelist.rules,
    families: whitelist.families,
    in_shadow: whitelist.inShadow,
    suspended: whitelist.suspended,
    announced: whitelist.announced,
    expiring_soon: whitelist.expiringSoon,
    suggestions: made.suggestions,
    night: made.night?.id ?? null,
  };
}
