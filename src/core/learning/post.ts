/** What the learning side says in a channel; `kind` tells how it is shown. */
export type LearningPost = NightPost | SuggestionPost | RulePost | PrunedPost | BlockProposalPost;

/** The line of a night, in the channel of its environments. */
export interface NightPost {
  kind: 'night';
  /** Local date: 2026-11-25. */
  night: string;
  environments: string[];
  /** That wait for an answer; of them prunes. */
  suggestions: number;
  prunes: number;
  /** Approvals that all of them together would save. */
  savesPerWeek: number;
  /** Rules that go soon because nobody needs them, and rules whose time is nearly over. */
  announced?: number;
  expiring?: number;
  report: NightReport | null;
}

/** How the last days went. */
export interface NightReport {
  days: number;
  /** Requests that were decided; of them those that a rule let pass. */
  decided: number;
  passed: number;
  /** What people did not have to wait for, thanks to rules. */
  savedSeconds: number;
  /** Of those people decided; null: none. */
  medianSeconds: number | null;
  p90Seconds: number | null;
}

/** What became of a suggestion: shown as its row says, and brought up to date with it. */
export interface SuggestionPost {
  kind: 'suggestion';
  suggestionId: string;
}

/** A rule that a denial put on hold. */
export interface RulePost {
  kind: 'rule';
  ruleId: string;
}

/** Rules that went in a night because nobody needed them. */
export interface PrunedPost {
  kind: 'pruned';
  night: string;
  ruleIds: string[];
}

/** Several denials of one family propose a policy that blocks it; only an administrator can write one. */
export interface BlockProposalPost {
  kind: 'block-proposal';
  environment: string;
  family: string;
  denials: number;
  /** What people said, the latest first. */
  reasons: string[];
  /** Lines for `policies:` in gatehouse.yaml. */
  policy: string;
}
