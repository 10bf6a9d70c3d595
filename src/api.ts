import { z } from 'zod';
import { DECIDED_BY, WHEN_NOBODY_IS_THERE } from './core/request.ts';

/** Largest body the API reads, in bytes. */
export const MAX_BODY_BYTES = 64 * 1024;
export { MAX_COMMAND_BYTES } from './core/command/command.ts';
/** Longest wait of one long poll, in seconds. */
export const MAX_WAIT_SECONDS = 55;

const line = (max: number) => z.string().max(max);
/** Only web addresses become links: never `javascript:` and the like. */
const webAddress = z.url({ protocol: /^https?$/ }).max(2000);

export const ContextShape = z
  .object({
    source: line(100).optional().describe('Where it runs: github-actions, cron, ssh, agent …'),
    repository: line(300).optional(),
    ref: line(300).optional(),
    sha: line(100).optional(),
    run_id: line(100).optional().describe('Requests of one run are shown together'),
    run_attempt: line(20).optional(),
    run_url: webAddress.optional(),
    server_url: webAddress.optional().describe('Web address of the code host, for links to commits'),
    job: line(200).optional(),
    step: line(200).optional(),
    actor: line(200).optional(),
    host: line(200).optional(),
    links: z
      .array(z.object({ title: line(100), url: webAddress }))
      .max(5)
      .optional(),
    checks: z
      .array(z.object({ name: line(100), state: line(50), url: webAddress.optional() }))
      .max(20)
      .optional(),
    change_summary: line(2000).optional(),
    changed_paths: z.array(line(300)).max(300).optional().describe('Paths the change touches, for policies'),
  })
  .describe('Where the request comes from, in the words of the client');

export const SubmitShape = z
  .strictObject({
    environment: line(100).min(1),
    command: z.string().min(1).optional().describe('Shell text, read as bash reads it'),
    argv: z
      .array(z.string())
      .min(1)
      .max(1000)
      .optional()
      .describe('A program and its arguments, run without a shell'),
    action: z.string().min(1).optional().describe('Something in words that is not a command'),
    project: line(100).min(1).optional().describe('When the token is good for every project'),
    reason: line(3000).optional(),
    cwd: line(4096).optional(),
    program: z.object({ path: line(4096), sha256: z.string().regex(/^[0-9a-f]{64}$/) }).optional(),
    digest: z
      .object({ salt: line(100).min(16), sha256: z.string().regex(/^[0-9a-f]{64}$/) })
      .optional()
      .describe('Salted digest of what will run; computed by the gate when it is missing'),
    redacted: z
      .boolean()
      .optional()
      .describe(
        'The client replaced secrets in what it sent; `digest` is required then, over the real bytes',
      ),
    timeout_seconds: z
      .int()
      .min(1)
      .max(86_400)
      .optional()
      .describe('Shortens the time to decide; never lengthens it'),
    heartbeat_seconds: z
      .int()
      .min(5)
      .max(600)
      .optional()
      .describe('Withdraw the request when its client was silent for so long'),
    emergency: z
      .boolean()
      .optional()
      .describe('Only the emergency list may approve it; it needs a reason, and a retrospective follows'),
    context: ContextShape.optional(),
  })
  .refine((body) => [body.command, body.argv, body.action].filter((c) => c !== undefined).length === 1, {
    message: 'give exactly one of command, argv and action',
    path: ['command'],
  });
export type Submit = z.infer<typeof SubmitShape>;

export const EnvelopeShape = z.object({
  payload: z.string(),
  payloadType: z.string(),
  signatures: z.array(z.object({ keyid: z.string(), sig: z.string() })),
});

export const PersonShape = z.object({ id: z.string(), name: z.string() });

/** Who can be reached for a request: `core/reach` says it in words. */
export const ReachShape = z.object({
  reviewers: z
    .object({
      of: z.int(),
      reachable: z.int(),
      active: z.int(),
      likely: z.int(),
      unknown: z.int(),
    })
    .nullable(),
  steps: z.array(
    z.object({
      at: z.iso.datetime(),
      kind: z.enum(['reviewers', 'people', 'page']),
      label: z.string(),
      reachable: z.int().nullable(),
    }),
  ),
  nobody: z.boolean(),
  expiresAt: z.iso.datetime(),
  whenUnanswered: z.enum(['deny', 'allow']),
});

export const ToldShape = z.object({
  at: z.iso.datetime(),
  what: z.enum(['reviewers', 'backups', 'pager']),
  people: z.array(z.string()),
  nobody: z.string().nullable().describe('Why there was nobody to tell'),
  problems: z.array(z.string()).describe('Ways that did not work'),
  taken_by: z.string().nullable().describe('Who took the page at the provider'),
});

export const QuestionShape = z.object({
  by: z.string(),
  text: z.string(),
  answer: z.string().nullable(),
});

export const RequestShape = z.object({
  id: z.string(),
  version: z.int(),
  state: z.enum(['pending', 'approved', 'denied', 'expired', 'withdrawn', 'blocked']),
  project: z.string(),
  environment: z.string(),
  command: z.string().describe('As text; an argv is quoted as bash reads it'),
  reason: z.string().nullable(),
  created_at: z.iso.datetime(),
  expires_at: z.iso.datetime(),
  url: z.string().describe('Opens the decision page'),
  assessment: z.object({
    score: z.int(),
    level: z.enum(['LOW', 'MEDIUM', 'HIGH', 'CRITICAL']),
    reasons: z.array(z.object({ points: z.int(), why: z.string() })),
  }),
  asked: z.object({
    channel: z.string().nullable(),
    reviewers: z.string().describe('Who may decide, in words'),
    approvals_needed: z.int(),
    approvals: z.array(PersonShape),
    posted: z.boolean().describe('The card is in Slack'),
    problem: z.string().nullable().describe('Why nobody can see it yet, and what to do'),
    emergency: z.boolean(),
    reach: ReachShape.nullable().describe('Who could be reached when it was asked; null: not known (yet)'),
    told: z.array(ToldShape).describe('Who has been told since, in the order of time'),
    looking: z.string().nullable().describe('Who said that they are looking at it'),
    questions: z.array(QuestionShape),
  }),
  decision: z
    .object({
      by: z.enum(DECIDED_BY),
      at: z.iso.datetime(),
      reason: z.string().nullable(),
      people: z.array(PersonShape),
      after_seconds: z.number(),
    })
    .nullable(),
  grant: EnvelopeShape.nullable().describe('Signed proof of the approval, for the token that asked'),
  use_by: z.iso.datetime().nullable(),
  started_at: z.iso.datetime().nullable(),
  outcome: z
    .object({ exit_code: z.int().nullable(), signal: z.string().nullable(), duration_ms: z.int() })
    .nullable(),
  notes: z.array(z.string()),
});
export type RequestBody = z.infer<typeof RequestShape>;

export const StartShape = z.strictObject({
  start_id: line(100)
    .min(8)
    .describe("The client's own name for this start: repeat it when the answer was lost"),
});

export const OutcomeShape = z.strictObject({
  exit_code: z.int().min(0).max(255).nullable(),
  signal: line(20).nullable().optional(),
  duration_ms: z.int().min(0),
});
export type OutcomeBody = z.infer<typeof OutcomeShape>;

export const WithdrawShape = z.strictObject({ reason: line(500).optional() });

export const NewTokenShape = z.strictObject({
  name: line(100).min(1),
  project: line(100).min(1),
  environments: z.array(line(100).min(1)).min(1).nullable().describe('null: every environment'),
  kind: z.enum(['ci', 'human', 'agent']).optional(),
  owner: z
    .string()
    .regex(/^[UW][A-Z0-9]+$/)
    .optional()
    .describe('Slack user id of the person it stands for'),
  role: z.enum(['client', 'admin']).optional(),
  expires_in_days: z.int().min(1).max(3650).optional(),
  when_nobody_is_there: z
    .enum(WHEN_NOBODY_IS_THERE)
    .optional()
    .describe(
      'For clients nobody attends: wait as usual, deny at once, or page at once when no reviewer is there',
    ),
});
export type NewToken = z.infer<typeof NewTokenShape>;

export const TokenShape = z.object({
  id: z.string(),
  name: z.string(),
  role: z.enum(['client', 'admin']),
  kind: z.enum(['ci', 'human', 'agent']),
  project: z.string(),
  environments: z.array(z.string()).nullable(),
  owner: z.string().nullable(),
  when_nobody_is_there: z.enum(WHEN_NOBODY_IS_THERE),
  created_at: z.iso.datetime(),
  expires_at: z.iso.datetime().nullable(),
  last_used_at: z.iso.datetime().nullable(),
  revoked_at: z.iso.datetime().nullable(),
});
export type TokenBody = z.infer<typeof TokenShape>;
/** The only answer that ever carries the secret. */
export const CreatedTokenShape = TokenShape.extend({ token: z.string() });

/** JSON Web Key Set of the keys that sign records (RFC 8037). */
export const KeysShape = z.object({
  keys: z.array(
    z.object({
      kty: z.literal('OKP'),
      crv: z.literal('Ed25519'),
      x: z.string(),
      kid: z.string(),
      use: z.literal('sig'),
    }),
  ),
});

/** RFC 9457, with what to do about it. */
export const ProblemShape = z.object({
  type: z.string(),
  title: z.string(),
  status: z.int(),
  detail: z.string().optional(),
  hint: z.string(),
  errors: z.array(z.object({ path: z.string(), message: z.string() })).optional(),
});
export type Problem = z.infer<typeof ProblemShape>;
