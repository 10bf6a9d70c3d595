import type { Context } from 'hono';
import type { ContentfulStatusCode } from 'hono/utils/http-status';
import { MAX_RULES_BYTES } from '../api/rules.ts';
import { MAX_BODY_BYTES, MAX_COMMAND_BYTES, type Problem } from '../api.ts';

/** Every error a client can meet, with its mend. The documentation page prints this table. */
export const PROBLEMS = {
  'bad-request': [400, 'The request is not well-formed', 'Compare it with the documentation at /docs.'],
  'bad-json': [
    400,
    'The body is not valid JSON',
    'Send one JSON object, in UTF-8, with Content-Type: application/json.',
  ],
  'not-text': [
    400,
    'The body holds something that is not text',
    'NUL characters, lone surrogates, invalid UTF-8 and nesting deeper than 20 are refused. Encode binary data, for example in base64.',
  ],
  'no-token': [401, 'No usable token', 'Send Authorization: Bearer gate_… . `gate token create` makes one.'],
  'bad-token': [
    401,
    'The token is unknown, revoked or expired',
    'Check GATE_TOKEN, or make a new token with `gate token create`.',
  ],
  'admin-only': [
    403,
    'This needs an administrator’s token',
    'Use the token from .gatehouse/admin-token on the server, or GATE_ADMIN_TOKEN.',
  ],
  'client-only': [
    403,
    'An administrator’s token asks for nothing',
    'Make a token for the client with `gate token create --project … --env …`.',
  ],
  'environment-not-allowed': [
    403,
    'This token is not for that environment',
    'Use a token made for it: `gate token create --env …`.',
  ],
  'project-not-allowed': [
    403,
    'This token is not for that project',
    'Leave `project` out, or use a token made for it.',
  ],
  'person-needed': [
    403,
    'Only people and administrators change rules',
    'Use an administrator’s token, or one made with `gate token create --kind human --owner U…`.',
  ],
  'note-person-needed': [
    403,
    'Only reviewers and administrators change notes',
    'Use an administrator’s token, one made with `gate token create --kind human --owner U…`, or /gate notes.',
  ],
  'not-a-reviewer': [
    403,
    'The person this token stands for does not decide there',
    'Ask somebody who may approve in that environment, or an administrator.',
  ],
  'not-found': [
    404,
    'There is no such thing here',
    'Check the address and the id. A token sees only its own requests.',
  ],
  'not-approved': [409, 'This request is not approved', 'Do not run the command.'],
  'used-before': [409, 'This approval has been used', 'An approval is good for one start. Ask again.'],
  'too-late': [409, 'This approval was not used in time and is void', 'Ask again.'],
  'not-started': [
    409,
    'This command was never started',
    'Call /start before running it, then report its outcome.',
  ],
  'reported-before': [409, 'Another outcome has been reported', 'The first report stands.'],
  'body-too-large': [
    413,
    `The body is larger than ${MAX_BODY_BYTES / 1024} KiB`,
    'Send less: put the command in a script and gate the script.',
  ],
  'rules-too-large': [
    413,
    `The rules are larger than ${MAX_RULES_BYTES / 1024 / 1024} MiB`,
    'Revoke what is not used: `gate rules list` shows hits and last use.',
  ],
  'command-too-long': [
    413,
    `The command is longer than ${MAX_COMMAND_BYTES / 1024} KiB`,
    'Put it in a script and gate the script: nobody can review a command of this length.',
  ],
  'not-json': [415, 'The body is not JSON', 'Send Content-Type: application/json.'],
  'invalid-fields': [422, 'Some fields are wrong', 'See `errors`: each names its place.'],
  'unknown-environment': [
    422,
    'There is no such environment',
    'Use a name from `environments` of gatehouse.yaml.',
  ],
  'project-missing': [422, 'This token is for every project', 'Say which one: `project`.'],
  'command-not-text': [422, 'The command is empty or not text', 'Send a command of valid UTF-8 without NUL.'],
  'digest-mismatch': [
    422,
    'The digest is not the digest of what was sent',
    'Compute it over command, environment, cwd and program as sent, or leave it out.',
  ],
  'key-reused': [
    422,
    'This Idempotency-Key came with another body',
    'Use a new key for a new request; repeat a request byte for byte.',
  ],
  'reason-needed': [
    422,
    'This command needs a reason',
    'A policy wants one, or it is an emergency. Say why: --reason "…", or `reason` in the body.',
  ],
  'ticket-needed': [
    422,
    'A policy wants a ticket for this command',
    'Name one in the reason, such as OPS-123 or #123.',
  ],
  'bad-signature': [
    401,
    'This is not signed with a secret we know',
    'Compare the webhook secrets of the provider with those under `on_call`.',
  ],
  'no-emergency-here': [
    422,
    'This environment has no emergencies',
    'Nobody is on its emergency list: ask as usual, or have `emergency` configured for it.',
  ],
  'retrospective-due': [
    409,
    'A retrospective of an emergency is still due',
    'Give it first: its card in Slack has the button. Until then there is no further emergency of the same people, and no new rule there.',
  ],
  'invalid-rule': [
    422,
    'This is no valid rule',
    'See `detail`; `gate check --rules FILE` tries rules offline.',
  ],
  'invalid-rules': [
    422,
    'Some of these rules cannot be saved',
    'See `errors`: each names its rule, counted from 0. Nothing was changed.',
  ],
  'examples-disagree': [
    422,
    'The rule disagrees with its examples',
    'See `errors`: mend the rule, or the example.',
  ],
  'admin-mark': [
    403,
    'Only an administrator lets a rule cover CRITICAL commands',
    'Leave `allows_critical` out.',
  ],
  'unanswered-forbidden': [
    422,
    'Nothing runs unanswered in this environment',
    'Leave `when_unanswered` out; the environment sets `unanswered_may_run`.',
  ],
  'same-person': [409, 'Somebody else has to confirm this rule', 'Ask a colleague: /gate rules lists it.'],
  'accepted-before': [
    409,
    'You have accepted this suggestion already',
    'It takes somebody else: /gate rules lists it.',
  ],
  'answered-before': [409, 'This suggestion has been answered', 'See `detail`. Nothing was changed.'],
  'suggestion-changed': [
    409,
    'This suggestion has changed since it was seen',
    'Read it again, then answer with its `version`. Nothing was changed.',
  ],
  'denied-since': [
    409,
    'People denied a command that this would cover',
    'See `detail`. Narrow the suggestion, or add a rule that leaves it out.',
  ],
  'not-narrower': [422, 'This is no narrower suggestion', 'See `detail`; `narrowings` lists the steps.'],
  'nothing-to-undo': [
    409,
    'There is nothing to undo',
    'What went within the last 30 days can be brought back.',
  ],
  'nothing-to-keep': [409, 'This rule is not about to go', 'Nothing to do.'],
  'not-suspended': [409, 'This rule is not suspended', 'Nothing to do.'],
  'mainly-own': [
    403,
    'This rule mainly serves you',
    'Ask a colleague: whoever profits from a rule does not decide about it alone.',
  ],
  'rules-changed': [
    409,
    'The rules have changed since they were compared',
    'Look at the difference again, then apply it. Nothing was changed.',
  ],
  'confirmed-before': [409, 'This rule is in force already', 'Nothing to do.'],
  'note-changed': [
    409,
    'Somebody has changed this note since you saw it',
    'Read it again, then change it. Nothing was changed.',
  ],
  'nothing-said': [422, 'The note says nothing', 'Write what others should know.'],
  'no-one-family': [
    422,
    'A note is about one kind of command',
    'Give a command with one program in it, or name the kind: `family`.',
  ],
  'rate-limited': [429, 'This token calls too often', 'Wait as long as Retry-After says.'],
  'too-many-pending': [
    429,
    'Too many requests of this token wait for people',
    'Wait until some are decided, or withdraw them.',
  ],
  internal: [500, 'Internal error', 'Try again. If it stays, the server’s log says more.'],
  unavailable: [503, 'The gate cannot reach its database', 'Nothing was decided. Try again shortly.'],
} as const satisfies Record<string, readonly [ContentfulStatusCode, string, string]>;

export type ProblemCode = keyof typeof PROBLEMS;

/** The answer for a problem: an RFC 9457 document with a hint. */
export function problem(
  c: Context,
  code: ProblemCode,
  extra: { detail?: string; errors?: Problem['errors']; headers?: Record<string, string> } = {},
): Response {
  const { headers, ...more } = extra;
  const body = { ...problemBody(code), ...more };
  return c.body(JSON.stringify(body), PROBLEMS[code][0], {
    'content-type': 'application/problem+json',
    ...headers,
  });
}

/** The document alone. */
export function problemBody(code: ProblemCode): Problem & { status: number } {
  const [status, title, hint] = PROBLEMS[code];
  return { type: `/docs#${code}`, title, status, hint };
}
