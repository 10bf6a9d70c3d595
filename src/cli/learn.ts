import { Learner } from '../core/learning/learner.ts';
import type { KnownRule, PastDecision, Suggestion } from '../core/learning/suggestion.ts';
import { readArguments, WrongUsage } from './arguments.ts';
import { type JsonLine, jsonLines, maybeTextIn, textIn } from './json-lines.ts';
import { stoppedBy } from './say.ts';

const HELP = `gate learn --history FILE [--rules FILE] [--json]

Learns, offline, which rules people's decisions speak for: new families of rules,
more for families in force, and rules that should go.

--history FILE  JSON lines {"at","environment","project","requester","command",
                "decision":"approved|denied|auto","decided_by","exit_code"};
                - is standard input
--rules FILE    JSON lines of the rules in force {"rule","environment","project",
                "family","created_at","hits","last_matched_at"}
--json          prints one object {"suggestions":[…]}

Exit code 0: it learned, even when there is nothing to suggest. 2: it could not.

Example:
  gate learn --history decisions.jsonl --rules rules.jsonl --json`;

const OPTIONS = {
  history: { type: 'string' },
  rules: { type: 'string' },
  json: { type: 'boolean' },
} as const;

/** `gate learn`: suggestions from a history of decisions. Exit code 0, or 2 when called wrongly. */
export async function run(argv: string[]): Promise<number> {
  try {
    const read = readArguments(argv, { options: OPTIONS, help: HELP });
    if (!read) return 0;
    const { history, rules, json } = read.values;
    if (!history) throw new WrongUsage('no history given', 'gate learn --history FILE');
    const decisions = jsonLines(history).map(decisionOf);
    const known = rules ? jsonLines(rules).map(ruleOf) : [];
    const now = decisions.reduce((latest, { at }) => Math.max(latest, at), 0);
    const learner = new Learner({ now, rules: known });
    for (const decision of decisions) learner.add(decision);
    const suggestions = learner.suggest();
    process.stdout.write(
      json ? `${JSON.stringify({ suggestions: suggestions.map(present) })}\n` : table(suggestions),
    );
    return 0;
  } catch (error) {
    return stoppedBy(error);
  }
}

const DECISIONS = ['approved', 'denied', 'auto'] as const;

function decisionOf(line: JsonLine): PastDecision {
  const decision = DECISIONS.find((each) => each === line.value.decision);
  if (!decision)
    throw new WrongUsage(`${line.where}: "decision" is none of ${DECISIONS.join(', ')}`, 'write one of them');
  const { exit_code: exitCode } = line.value;
  return {
    at: timeIn(line, 'at') ?? missing(line, 'at'),
    environment: textIn(line, 'environment'),
    project: maybeTextIn(line, 'project') ?? 'default',
    requester: maybeTextIn(line, 'requester') ?? '',
    command: textIn(line, 'command'),
    decision,
    decidedBy: maybeTextIn(line, 'decided_by') ?? null,
    exitCode: typeof exitCode === 'number' ? exitCode : null,
    reason: maybeTextIn(line, 'reason') ?? null,
  };
}

function ruleOf(line: JsonLine): KnownRule {
  const { hits, source } = line.value;
  return {
    rule: textIn(line, 'rule'),
    environment: maybeTextIn(line, 'environment') ?? '*',
    project: maybeTextIn(line, 'project') ?? '*',
    family: maybeTextIn(line, 'family') ?? null,
    source: source === 'suggested' ? 'suggested' : 'manual',
    createdAt: timeIn(line, 'created_at'),
    expiresAt: timeIn(line, 'expires_at'),
    hits: typeof hits === 'number' ? hits : null,
    lastMatchedAt: timeIn(line, 'last_matched_at'),
  };
}

function timeIn(line: JsonLine, key: string): number | null {
  const text = maybeTextIn(line, key);
  if (text === undefined) return null;
  const time = Date.parse(text);
  if (Number.isNaN(time))
    throw new WrongUsage(`${line.where}: "${key}" is not a time`, 'write 2026-03-02T08:00:17Z');
  return time;
}

function missing(line: JsonLine, key: string): never {
  throw new WrongUsage(`${line.where}: "${key}" is missing`, `write {"${key}": "…"}`);
}

const isoOf = (time: number | null): string | null => (time === null ? null : new Date(time).toISOString());

const present = (s: Suggestion) => ({
  id: s.id,
  family: s.family,
  kind: s.kind,
  environment: s.environment,
  project: s.project,
  rules: s.rules,
  replaces: s.replaces,
  cause: s.cause,
  title: s.title,
  why: s.why,
  risk: s.risk,
  acceptances_needed: s.acceptancesNeeded,
  saves_per_week: s.savesPerWeek,
  cautions: s.cautions,
  evidence: {
    approvals: s.evidence.approvals,
    denials: s.evidence.denials,
    requesters: s.evidence.requesters,
    reviewers: s.evidence.reviewers,
    days: s.evidence.days,
    first: isoOf(s.evidence.first),
    last: isoOf(s.evidence.last),
    examples: s.evidence.examples,
    would_also_allow: s.evidence.wouldAlsoAllow,
    would_not_allow: s.evidence.wouldNotAllow,
  },
});

function table(suggestions: Suggestion[]): string {
  if (suggestions.length === 0) return 'Nothing to suggest yet: more approvals are needed.\n';
  const lines = suggestions.flatMap((s) => [
    `${s.title} (${s.project}): ${s.kind}, saves about ${s.savesPerWeek} approvals a week, ${s.risk}`,
    `  ${s.why}`,
    ...s.rules.slice(0, 4).map((rule) => `  + ${rule}`),
    ...(s.rules.length > 4 ? [`  + … ${s.rules.length - 4} more`] : []),
    ...s.replaces.map((rule) => `  - ${rule}`),
  ]);
  return `${lines.join('\n')}\n`;
}
