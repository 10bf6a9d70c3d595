import type { Environment } from '../core/environment.ts';
import type { LearningSettings } from '../core/learning-settings.ts';
import type { Policy } from '../core/policy.ts';
import type { SigningKey } from '../core/proof/envelope.ts';
import type { RequestState, VoteRefusal } from '../core/request.ts';
import type { RiskLevel } from '../core/risk/assessment.ts';
import type { Row } from '../core/risk/row.ts';
import type { AskedResult, Model } from '../model/model.ts';
import type { OnCall, OnCallKind } from '../on-call/on-call.ts';
import type { RequestMailer } from '../on-call/request-mailer.ts';
import type { Changes } from '../store/changes.ts';
import type { Database } from '../store/database.ts';
import type { RequestRow } from '../store/requests.ts';
import type { Learn } from './night/learn.ts';
import type { People } from './people.ts';
import type { RuleBooks } from './rule-book.ts';
import type { Together } from './together.ts';

/** What every verb is given. Built once, in main.ts. */
export interface Deps {
  database: Database;
  changes: Changes;
  signingKey: SigningKey;
  version: string;
  environments: Map<string, Environment>;
  policies: readonly Policy[];
  /** Rows of the site's own, for the risk of its commands. */
  riskRows: readonly Row[];
  ruleBook: RuleBooks;
  /** What is done once for everything that arrives at the same time. */
  together: Together;
  /** Where a rule that its author profits from most waits for a second person. */
  secondPersonForRules: 'production' | 'always' | 'never';
  /** Slack user id of an actor named by a client (`github:octocat`), as configured. */
  personOf(source: string | undefined, actor: string): string | null;
  /** When and how the gate learns. */
  learning: LearningSettings;
  /** So long whoever asks can read the notes on a command, and take it back, before others are asked. */
  notesFirstSeconds: number;
  /** Studies past decisions, away from the thread that serves. */
  learn: Learn;
  /** Who people are; null without Slack. */
  people: People | null;
  /** Whoever is on call, by the names of `on_call`. */
  onCall: ReadonlyMap<string, OnCall>;
  /** null: the gate sends no mail. */
  mailer: RequestMailer | null;
  /** The language model that explains and names; null: there is none. */
  model: Model | null;
  /** Where people reach the gate: the links in mails and pages begin with it. */
  url: string;
  /** Is there a way to ask people? Without it, what no rule covers is denied. */
  canAsk: boolean;
  /** How many requests of one token may wait for people at once: a flood must not bury the others. */
  pendingPerToken: number;
  /** Told after each commit, for logs and metrics. */
  observe(event: GateEvent): void;
}

export type GateEvent =
  | { kind: 'submitted'; requestId: string; environment: string; state: RequestState; level: RiskLevel }
  | {
      kind: 'decided';
      requestId: string;
      environment: string;
      state: RequestState;
      by: string;
      seconds: number;
    }
  | { kind: 'voted'; requestId: string; environment: string }
  | { kind: 'vote-refused'; requestId: string; environment: string; code: VoteRefusal }
  | { kind: 'started'; requestId: string; environment: string }
  | { kind: 'completed'; requestId: string; environment: string; exitCode: number | null }
  | { kind: 'lapsed'; requestId: string; environment: string }
  | { kind: 'timer-fired'; timer: string; lateSeconds: number }
  | { kind: 'escalated'; requestId: string; environment: string; step: string; nobody: boolean }
  | { kind: 'delivered'; requestId: string; way: DeliveryWay }
  /** `final`: it is not tried again. */
  | { kind: 'not-delivered'; requestId: string; way: DeliveryWay; problem: string; final: boolean }
  /** `counts`: what the step found or changed. */
  | { kind: 'night'; night: string; step: string; seconds: number; counts: Record<string, number> }
  /** The language model was asked, with this prompt: what came of it. */
  | { kind: 'model-asked'; prompt: string; result: AskedResult; seconds: number }
  | { kind: 'fault'; where: string; error: unknown };

/** What carried something to people: Slack, mail, or the kind of the provider that pages. */
export type DeliveryWay = 'slack' | 'email' | OnCallKind;

/** Tells logs and metrics how a request ended, and those that ended with it. */
export function observeEnding(deps: Deps, row: RequestRow & { alike?: RequestRow[] }): void {
  for (const { id: requestId, environment, state, decision, decidedAt, createdAt } of [
    row,
    ...(row.alike ?? []),
  ]) {
    const seconds = ((decidedAt?.getTime() ?? 0) - createdAt.getTime()) / 1000;
    deps.observe({ kind: 'decided', requestId, environment, state, by: decision?.by ?? '', seconds });
  }
}
