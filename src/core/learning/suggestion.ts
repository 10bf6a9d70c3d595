import type { RiskLevel } from '../risk/assessment.ts';

/** One decision of the past, as far as learning needs it. */
export interface PastDecision {
  /** Milliseconds since 1970. */
  at: number;
  environment: string;
  project: string;
  requester: string;
  /** Shell text. */
  command: string;
  /** `auto`: a rule let it pass, which is no evidence. */
  decision: 'approved' | 'denied' | 'auto';
  /** Who decided: a person's name or id. null: nobody knows. */
  decidedBy: string | null;
  /** How the command ended; null or absent: not known. */
  exitCode?: number | null;
  reason?: string | null;
}

/** A rule of the whitelist, as far as learning needs it. Times are milliseconds since 1970. */
export interface KnownRule {
  /** One rule, or several, one a line. */
  rule: string;
  environment: string;
  project: string;
  family: string | null;
  source: 'manual' | 'suggested';
  createdAt: number | null;
  expiresAt: number | null;
  hits: number | null;
  lastMatchedAt: number | null;
}

/** `add` a family, `extend` one (same id), `replace` members by their family, `prune` rules nobody needs. */
export type SuggestionKind = 'add' | 'extend' | 'replace' | 'prune';
export type PruneCause = 'redundant' | 'unused' | 'too-broad' | 'expiring' | 'denied';

export interface Evidence {
  approvals: number;
  denials: number;
  requesters: string[];
  reviewers: string[];
  /** Distinct days (UTC) with an approval. */
  days: number;
  /** Of the first and the last approval, ms; null: none (a prune). */
  first: number | null;
  last: number | null;
  /** Approved commands, redacted, the latest first. */
  examples: string[];
  /** Invented: the real matcher says the family covers them. */
  wouldAlsoAllow: string[];
  /** Invented dangerous neighbours: the real matcher says the family does not cover them. */
  wouldNotAllow: string[];
}

/** What stands in one open place of a family. */
export interface SlotValues {
  /** As it stands in the rules: `{sha:7}`, `{svc:api,web}`. */
  slot: string;
  /** Values that were approved there, redacted, most used first; at most 12. */
  seen: string[];
  /** How many there were. */
  count: number;
}

/** A proposed change of the whitelist, with all that a person needs to judge it. */
export interface Suggestion {
  /** Of this very proposal: the same change has the same id. */
  id: string;
  /** What is accepted with one press; a later extension keeps it. */
  family: string;
  kind: SuggestionKind;
  environment: string;
  project: string;
  /** The whole family once this is accepted; empty for a prune. */
  rules: string[];
  /** Texts of rules in force that leave with it. */
  replaces: string[];
  /** Of a prune; else null. */
  cause: PruneCause | null;
  /** Program and subcommands, as on cards: `kubectl set image`. */
  commandFamily: string;
  title: string;
  /** One or two sentences. */
  why: string;
  /** Highest of its examples. */
  risk: RiskLevel;
  /** Distinct people who must accept: 2 where the risk is HIGH. */
  acceptancesNeeded: number;
  /** Approvals a week that it would have saved, over the days of its evidence. */
  savesPerWeek: number;
  slots: SlotValues[];
  /** Something to look at twice, in words: a sudden change of what is asked, one dominating requester; usually empty. */
  cautions: string[];
  evidence: Evidence;
}
