import { sql } from 'drizzle-orm';
import {
  bigint,
  bigserial,
  boolean,
  index,
  integer,
  jsonb,
  pgTable,
  text,
  timestamp,
  unique,
  uniqueIndex,
} from 'drizzle-orm/pg-core';
import type { Command } from '../core/command/command.ts';
import type { Looked } from '../core/decide.ts';
import type { Retrospective } from '../core/emergency.ts';
import type { Reviewers } from '../core/environment.ts';
import type { Rung, Taken } from '../core/escalation.ts';
import type { ModelText } from '../core/model-words.ts';
import type { Audience } from '../core/people.ts';
import type { Envelope } from '../core/proof/envelope.ts';
import type { Ways } from '../core/quiet.ts';
import type { Reach } from '../core/reach.ts';
import type {
  Claim,
  Context,
  Decision,
  Requester,
  RequesterKind,
  RequestState,
  Verdict,
  Vote,
  WhenNobodyIsThere,
} from '../core/request.ts';
import type { Assessment } from '../core/risk/assessment.ts';

export * from './schema/learning.ts';

// No column has a default of now(): every query writes `now()` itself, unqualified, so that a test can put its
// own clock in front of the catalogue's.
const time = (name: string) => timestamp(name, { withTimezone: true, mode: 'date' });

export const tokens = pgTable('tokens', {
  id: text('id').primaryKey(),
  name: text('name').notNull(),
  /** SHA-256 of the token, hex: it has 256 random bits, so a plain hash is enough. */
  hash: text('hash').notNull().unique(),
  role: text('role').$type<'client' | 'admin'>().notNull(),
  kind: text('kind').$type<RequesterKind>().notNull(),
  project: text('project').notNull(),
  /** null: every environment. */
  environments: jsonb('environments').$type<string[] | null>(),
  /** Slack user id of the person this token stands for. */
  owner: text('owner'),
  /** What becomes of an ask when no reviewer is there: of cron jobs and agents nobody waits for the answer. */
  whenNobodyIsThere: text('when_nobody_is_there').$type<WhenNobodyIsThere>().notNull().default('wait'),
  createdAt: time('created_at').notNull(),
  createdBy: text('created_by').notNull(),
  expiresAt: time('expires_at'),
  lastUsedAt: time('last_used_at'),
  revokedAt: time('revoked_at'),
});

export const requests = pgTable(
  'requests',
  {
    id: text('id').primaryKey(),
    version: integer('version').notNull(),
    tokenId: text('token_id').notNull(),
    idempotencyKey: text('idempotency_key'),
    /** SHA-256 of the body the key came with: the same key with another body is a mistake. */
    bodyHash: text('body_hash').notNull(),
    project: text('project').notNull(),
    environment: text('environment').notNull(),
    state: text('state').$type<RequestState>().notNull(),
    /** Without its secrets; the digest binds the real bytes. */
    command: jsonb('command').$type<Command>().notNull(),
    redacted: boolean('redacted').notNull(),
    cwd: text('cwd'),
    program: jsonb('program').$type<{ path: string; sha256: string } | null>(),
    digestSalt: text('digest_salt').notNull(),
    digest: text('digest').notNull(),
    reason: text('reason'),
    requester: jsonb('requester').$type<Requester>().notNull(),
    context: jsonb('context').$type<Context>().notNull(),
    assessment: jsonb('assessment').$type<Assessment>().notNull(),
    approvalsNeeded: integer('approvals_needed').notNull(),
    /** Who may decide this one, when a policy says so; null: as the environment says. */
    reviewers: jsonb('reviewers').$type<Reviewers | null>(),
    /** Only the emergency list of its environment may approve it; a retrospective follows. */
    emergency: boolean('emergency').notNull().default(false),
    /** What happens when the deadline comes: only a rule may say `allow`. */
    whenUnanswered: text('when_unanswered').$type<'deny' | 'allow'>().notNull(),
    /** Ids of the rules that cover it, also when people are asked all the same. */
    rules: jsonb('rules').$type<string[]>().notNull(),
    /** A covered command that is shown all the same, to check the rule. */
    spotCheck: boolean('spot_check').notNull().default(false),
    /** Ids of rules in the shadow that would have let it pass. */
    shadowRules: jsonb('shadow_rules').$type<string[]>().notNull().default([]),
    /** Why it was allowed, blocked or asked about: every policy and rule that was looked at. */
    explanation: jsonb('explanation').$type<Looked[]>().notNull(),
    /** Program and subcommands, by which similar commands are found. */
    family: text('family').notNull(),
    /** The same command in the same place has the same key. */
    sameKey: text('same_key').notNull(),
    /** The request whose card and decision this one shares, because it asks the same. */
    leaderId: text('leader_id'),
    /** The card of a burst that this one stands on, beside others; null: a card of its own. */
    batchId: text('batch_id'),
    /** Repository, environment and step: a newer run's request withdraws an older one. */
    concurrencyKey: text('concurrency_key'),
    /** The request of a newer run that took its place. */
    supersededBy: text('superseded_by'),
    createdAt: time('created_at').notNull(),
    expiresAt: time('expires_at').notNull(),
    /** Nobody moves the deadline beyond this moment; null: nobody moves it. */
    latestExpiresAt: time('latest_expires_at'),
    /** Who said that they are looking at it. */
    claim: jsonb('claim').$type<Claim | null>(),
    /** Since when a question holds up the ladder, and until when at most; null: it is not held up. */
    pausedAt: time('paused_at'),
    pausedUntil: time('paused_until'),
    /** How long questions have held it up already. */
    pausedSeconds: integer('paused_seconds').notNull().default(0),
    /** Who could be reached when it was asked; null: not known yet. */
    reach: jsonb('reach').$type<Reach | null>(),
    /** What the language model made of it, when it was asked: shown, never obeyed. */
    modelWords: jsonb('model_words').$type<ModelText | null>(),
    whenNobodyIsThere: text('when_nobody_is_there').$type<WhenNobodyIsThere>().notNull().default('wait'),
    /** How long the client may be silent before its request is withdrawn; null: it never has to be heard. */
    heartbeatSeconds: integer('heartbeat_seconds'),
    heartbeatUntil: time('heartbeat_until'),
    decidedAt: time('decided_at'),
    decision: jsonb('decision').$type<Omit<Decision, 'at'> | null>(),
    grant: jsonb('grant_envelope').$type<Envelope | null>(),
    useBy: time('use_by'),
    startedAt: time('started_at'),
    /** The client's own id of its one start, so that a repeated call is known as the same. */
    startedBy: text('started_by'),
    lapsedAt: time('lapsed_at'),
    outcomeAt: time('outcome_at'),
    exitCode: integer('exit_code'),
    exitSignal: text('exit_signal'),
    durationMs: bigint('duration_ms', { mode: 'number' }),
  },
  (t) => [
    uniqueIndex('requests_idempotency').on(t.tokenId, t.idempotencyKey),
    index('requests_pending').on(t.createdAt).where(sql`${t.state} = 'pending'`),
    index('requests_recent').on(t.createdAt),
    index('requests_run').on(t.project, sql`(${t.context}->>'run_id')`, t.createdAt),
    index('requests_family').on(t.environment, t.family, t.state, t.createdAt),
    index('requests_same_waiting').on(t.sameKey).where(sql`${t.state} = 'pending'`),
    index('requests_same_success').on(t.sameKey, t.outcomeAt).where(sql`${t.exitCode} = 0`),
    index('requests_followers').on(t.leaderId).where(sql`${t.leaderId} is not null`),
    index('requests_batch').on(t.batchId).where(sql`${t.batchId} is not null`),
    index('requests_concurrency').on(t.concurrencyKey).where(sql`${t.state} = 'pending'`),
    index('requests_superseded').on(t.supersededBy).where(sql`${t.supersededBy} is not null`),
    index('requests_token').on(t.tokenId, t.environment, t.createdAt),
    index('requests_denied').on(t.environment, t.decidedAt).where(sql`${t.state} = 'denied'`),
    // What rules let pass is many; what people decided of a family is found without reading it.
    index('requests_by_people')
      .on(t.environment, t.family, t.createdAt)
      .where(sql`(${t.decision}->>'by') = 'people'`),
    index('requests_success')
      .on(t.project, t.environment, sql`(${t.context}->>'repository')`, t.outcomeAt)
      .where(sql`${t.exitCode} = 0`),
  ],
);

/** The whitelist. A rule is in force from its confirmation until it is revoked or expires. */
export const rules = pgTable(
  'rules',
  {
    id: text('id').primaryKey(),
    /** One exact rule, or one or more pattern rules, one a line. */
    text: text('text').notNull(),
    /** "*": any. */
    environment: text('environment').notNull(),
    project: text('project').notNull(),
    repository: text('repository'),
    /** The name of a token: only its requests. */
    requester: text('requester'),
    cwd: text('cwd'),
    family: text('family'),
    source: text('source').$type<'manual' | 'suggested'>().notNull(),
    whenUnanswered: text('when_unanswered').$type<'allow' | null>(),
    /** An administrator lets it cover CRITICAL commands too. */
    allowsCritical: boolean('allows_critical').notNull(),
    match: jsonb('match').$type<string[]>().notNull(),
    notMatch: jsonb('not_match').$type<string[]>().notNull(),
    /** The request it was made from. */
    originRequestId: text('origin_request_id'),
    createdAt: time('created_at').notNull(),
    createdBy: text('created_by').notNull(),
    createdByName: text('created_by_name').notNull(),
    confirmedAt: time('confirmed_at'),
    confirmedBy: text('confirmed_by'),
    expiresAt: time('expires_at'),
    revokedAt: time('revoked_at'),
    revokedBy: text('revoked_by'),
    hits: bigint('hits', { mode: 'number' }).notNull(),
    lastMatchedAt: time('last_matched_at'),
    /** Until then it only notes what it would have let pass; null: it lets pass. */
    shadowUntil: time('shadow_until'),
    /** Commands it would have let pass while it was in the shadow. */
    shadowHits: bigint('shadow_hits', { mode: 'number' }).notNull().default(0),
    /** A denial of what it covers took it out of force until somebody looks. */
    suspendedAt: time('suspended_at'),
    suspendedWhy: text('suspended_why'),
    /** When it goes, unless somebody keeps it: announced, with seven days' notice. */
    pruneAt: time('prune_at'),
    /** Somebody kept it although nobody used it: it is not announced again for as long as a rule lives. */
    keptAt: time('kept_at'),
    suggestionId: text('suggestion_id'),
    /** Why it went: `prune`, or the suggestion that took its place; so that it can be undone. null: by hand. */
    revokedFor: text('revoked_for'),
  },
  (t) => [index('rules_in_force').on(t.createdAt).where(sql`${t.revokedAt} is null`)],
);

/** One row that counts the changes of the rules: a replica compares it before each decision. */
export const rulesVersion = pgTable('rules_version', {
  id: text('id').primaryKey(),
  version: bigint('version', { mode: 'number' }).notNull(),
});

export const votes = pgTable(
  'votes',
  {
    id: bigserial('id', { mode: 'number' }).primaryKey(),
    requestId: text('request_id').notNull(),
    subject: text('subject').notNull(),
    name: text('name').notNull(),
    verdict: text('verdict').$type<Verdict>().notNull(),
    reason: text('reason'),
    method: text('method').$type<Vote['method']>().notNull(),
    at: time('at').notNull(),
  },
  (t) => [
    unique('votes_once').on(t.requestId, t.subject, t.verdict),
    index('votes_subject').on(t.subject, t.id),
  ],
);

export const records = pgTable(
  'records',
  {
    seq: bigint('seq', { mode: 'number' }).primaryKey(),
    requestId: text('request_id'),
    type: text('type').notNull(),
    at: time('at').notNull(),
    envelope: jsonb('envelope').$type<Envelope>().notNull(),
    hash: text('hash').notNull(),
  },
  (t) => [index('records_request').on(t.requestId)],
);

/** The end of the chain of records: one row, locked by whoever appends. */
export const chainHead = pgTable('chain_head', {
  id: text('id').primaryKey(),
  seq: bigint('seq', { mode: 'number' }).notNull(),
  hash: text('hash'),
});

export const signingKeys = pgTable('signing_keys', {
  id: text('id').primaryKey(),
  publicKey: text('public_key').notNull(),
  addedAt: time('added_at').notNull(),
});

/** What Slack shows of a request, and what it should show: the outbox of cards. */
export const cards = pgTable(
  'cards',
  {
    id: bigserial('id', { mode: 'number' }).primaryKey(),
    requestId: text('request_id').notNull(),
    /** The burst this card shows, all its requests together; null: the card of one request. */
    batchId: text('batch_id'),
    /** As configured ("#name") until posted, then Slack's id. */
    channel: text('channel').notNull(),
    ts: text('ts'),
    permalink: text('permalink'),
    wantedVersion: integer('wanted_version').notNull(),
    shownVersion: integer('shown_version').notNull(),
    attempts: integer('attempts').notNull(),
    nextAt: time('next_at').notNull(),
    leaseUntil: time('lease_until'),
    /** What Slack said when it last refused, for people. */
    problem: text('problem'),
    /** The final state is shown, nothing more will come. */
    settled: boolean('settled').notNull(),
  },
  (t) => [
    unique('cards_place').on(t.channel, t.ts),
    index('cards_request').on(t.requestId),
    index('cards_batch').on(t.batchId).where(sql`${t.batchId} is not null`),
    index('cards_due').on(t.nextAt).where(sql`${t.wantedVersion} > ${t.shownVersion}`),
  ],
);

/** The ladder of a request: who is told when, and what became of it. */
export const steps = pgTable(
  'steps',
  {
    id: bigserial('id', { mode: 'number' }).primaryKey(),
    requestId: text('request_id').notNull(),
    position: integer('position').notNull(),
    kind: text('kind').$type<Rung['kind']>().notNull(),
    audience: jsonb('audience').$type<Audience | null>(),
    pager: text('pager'),
    dueAt: time('due_at').notNull(),
    takenAt: time('taken_at'),
    taken: jsonb('taken').$type<Taken | null>(),
  },
  (t) => [unique('steps_once').on(t.requestId, t.position)],
);

/** Messages that go out once: each is sent, confirmed, or given up with its reason. */
export const outbox = pgTable(
  'outbox',
  {
    id: bigserial('id', { mode: 'number' }).primaryKey(),
    /** The same effect has the same key, whoever writes it. */
    key: text('key').notNull().unique(),
    requestId: text('request_id').notNull(),
    lane: text('lane').$type<Lane>().notNull().default('slack'),
    kind: text('kind').$type<MessageKind>().notNull(),
    /** A Slack user id or a mail address; null: the thread of the card. */
    recipient: text('recipient'),
    /** The step of the ladder it belongs to. */
    stepId: bigint('step_id', { mode: 'number' }),
    payload: jsonb('payload').$type<MessagePayload>().notNull(),
    attempts: integer('attempts').notNull(),
    nextAt: time('next_at').notNull(),
    leaseUntil: time('lease_until'),
    doneAt: time('done_at'),
    problem: text('problem'),
  },
  (t) => [
    index('outbox_due').on(t.lane, t.nextAt).where(sql`${t.doneAt} is null`),
    index('outbox_request').on(t.requestId),
    index('outbox_recipient').on(t.recipient, t.doneAt).where(sql`${t.recipient} is not null`),
  ],
);

/** What carries a message: Slack and mail fail apart from each other. */
export type Lane = 'slack' | 'email';
export type MessageKind = 'tell-requester' | 'mention' | 'direct' | 'email' | 'thread';
export interface MessagePayload {
  /** The version of the request at which it was ordered. */
  version: number;
  /** What a message in the thread is about. */
  says?: ThreadTopic;
  /** Slack user ids that a mention names; `everybody`: too many to name, or not known. */
  mentions?: string[] | 'everybody';
  /** The mail address of the person, for when Slack does not reach them. */
  orElse?: string;
}
export type ThreadTopic =
  | { topic: 'question'; questionId: number }
  | { topic: 'answer'; questionId: number }
  | { topic: 'acknowledged'; by: string | null }
  | { topic: 'emergency' }
  | { topic: 'retrospective-due'; hoursLeft: number; paged?: boolean }
  | { topic: 'retrospective-done' };

/** Incidents at whoever is on call: like a card, each is brought to what it should be. Closed, it is never opened again. */
export const pages = pgTable(
  'pages',
  {
    /** The provider's dedup key. */
    id: text('id').primaryKey(),
    pager: text('pager').notNull(),
    environment: text('environment').notNull(),
    /** Several requests share it from the beginning: a storm. */
    storm: boolean('storm').notNull(),
    wants: text('wants').$type<PageState>().notNull(),
    openedAt: time('opened_at').notNull(),
    wantedVersion: integer('wanted_version').notNull(),
    shownVersion: integer('shown_version').notNull(),
    /** A call that opens it was begun: the provider may have it, whatever was answered. */
    mayBeOpen: boolean('may_be_open').notNull(),
    attempts: integer('attempts').notNull(),
    nextAt: time('next_at').notNull(),
    leaseUntil: time('lease_until'),
    /** Who holds the lease: whoever lost it confirms nothing. */
    leaseId: text('lease_id'),
    sentAt: time('sent_at'),
    reference: text('reference'),
    acknowledgedAt: time('acknowledged_at'),
    acknowledgedBy: text('acknowledged_by'),
    closedAt: time('closed_at'),
    problem: text('problem'),
  },
  (t) => [
    index('pages_due').on(t.nextAt).where(sql`${t.wantedVersion} > ${t.shownVersion}`),
    index('pages_open').on(t.pager, t.openedAt).where(sql`${t.wants} <> 'closed'`),
  ],
);
export type PageState = 'open' | 'acknowledged' | 'closed';

export const pageRequests = pgTable(
  'page_requests',
  {
    pageId: text('page_id').notNull(),
    requestId: text('request_id').notNull(),
    /** The step of the ladder that paged. */
    stepId: bigint('step_id', { mode: 'number' }),
  },
  (t) => [
    unique('page_requests_once').on(t.pageId, t.requestId),
    index('page_requests_request').on(t.requestId),
  ],
);

/** Questions of reviewers to the one who asked. */
export const questions = pgTable(
  'questions',
  {
    id: bigserial('id', { mode: 'number' }).primaryKey(),
    requestId: text('request_id').notNull(),
    askedBy: text('asked_by').notNull(),
    askedByName: text('asked_by_name').notNull(),
    text: text('text').notNull(),
    askedAt: time('asked_at').notNull(),
    answer: text('answer'),
    answeredBy: text('answered_by'),
    answeredByName: text('answered_by_name'),
    answeredAt: time('answered_at'),
  },
  (t) => [index('questions_request').on(t.requestId)],
);

/** What a provider delivered to us: the same delivery is taken once. */
export const inbox = pgTable(
  'inbox',
  {
    provider: text('provider').notNull(),
    deliveryId: text('delivery_id').notNull(),
    receivedAt: time('received_at').notNull(),
  },
  (t) => [unique('inbox_once').on(t.provider, t.deliveryId)],
);

/** How a person wants to be told, by `/gate me`. */
export const peopleSettings = pgTable('people_settings', {
  /** Slack user id. */
  userId: text('user_id').primaryKey(),
  /** Minutes of the day in their own time zone; null: no quiet hours. */
  quietFrom: integer('quiet_from'),
  quietTo: integer('quiet_to'),
  timeZone: text('time_zone'),
  /** Which ways reach them, besides the channel. */
  ways: text('ways').$type<Ways>().notNull(),
  changedAt: time('changed_at').notNull(),
});

/** Emergencies that were approved: each owes a retrospective. */
export const emergencies = pgTable(
  'emergencies',
  {
    requestId: text('request_id').primaryKey(),
    environment: text('environment').notNull(),
    /** Who opened it, each by every name we know: `slack user id` or `token:<id>`. */
    openedBy: jsonb('opened_by').$type<string[]>().notNull(),
    openedAt: time('opened_at').notNull(),
    dueAt: time('due_at').notNull(),
    /** How many reminders went out; the last one pages. */
    reminded: integer('reminded').notNull(),
    closedAt: time('closed_at'),
    closedBy: text('closed_by'),
    closedByName: text('closed_by_name'),
    retrospective: jsonb('retrospective').$type<Retrospective | null>(),
  },
  (t) => [index('emergencies_open').on(t.environment).where(sql`${t.closedAt} is null`)],
);

/** People signed in to the pages; the cookie's hash is the key. */
export const sessions = pgTable('sessions', {
  id: text('id').primaryKey(),
  userId: text('user_id').notNull(),
  teamId: text('team_id').notNull(),
  enterpriseId: text('enterprise_id'),
  name: text('name').notNull(),
  createdAt: time('created_at').notNull(),
  lastUsedAt: time('last_used_at').notNull(),
  expiresAt: time('expires_at').notNull(),
});

/** Sign-ins under way: what has to come back from Slack, once. */
export const signIns = pgTable('sign_ins', {
  /** Hash of the state. */
  id: text('id').primaryKey(),
  nonce: text('nonce').notNull(),
  returnTo: text('return_to').notNull(),
  expiresAt: time('expires_at').notNull(),
});

export const timers = pgTable(
  'timers',
  {
    id: bigserial('id', { mode: 'number' }).primaryKey(),
    kind: text('kind')
      .$type<'expire' | 'heartbeat' | 'lapse' | 'escalate' | 'retrospective' | 'explain'>()
      .notNull(),
    requestId: text('request_id').notNull(),
    dueAt: time('due_at').notNull(),
    attempts: integer('attempts').notNull(),
    leaseUntil: time('lease_until'),
    doneAt: time('done_at'),
  },
  (t) => [
    unique('timers_once').on(t.kind, t.requestId),
    index('timers_due').on(t.dueAt).where(sql`${t.doneAt} is null`),
  ],
);
