import { conversationMethods } from './api/conversations.ts';
import { directoryMethods } from './api/directory.ts';
import { dndMethods } from './api/dnd.ts';
import { fileMethods } from './api/files.ts';
import { messageMethods } from './api/messages.ts';
import { type Method, Refusal } from './api/method.ts';
import { viewMethods } from './api/views.ts';
import type { Json } from './checks.ts';
import { lackedScope } from './scopes.ts';
import type { Workspace } from './workspace.ts';

const methods: Record<string, Method> = {
  ...messageMethods,
  ...conversationMethods,
  ...directoryMethods,
  ...dndMethods,
  ...viewMethods,
  ...fileMethods,
  'api.test': () => ({}),
};

export type Tokens = { bot: string; app: string };
export type ApiContext = { workspace: Workspace; url: string; tokens: Tokens; openSocket: () => string };

/** Answers one call of the Web API, as Slack would. */
export function answer(context: ApiContext, method: string, token: string | undefined, body: Json): Json {
  try {
    authorise(context.tokens, method, token);
    if (method === 'apps.connections.open') return { ok: true, url: context.openSocket() };
    if (!Object.hasOwn(methods, method)) throw new Refusal('unknown_method', { req_method: method });
    const needed = lackedScope(context.workspace.missingScopes, method);
    if (needed) throw new Refusal('missing_scope', { needed });
    return { ok: true, ...methods[method]!({ workspace: context.workspace, url: context.url, body }) };
  } catch (problem) {
    if (problem instanceof Refusal) return { ok: false, error: problem.code, ...problem.details };
    throw problem;
  }
}

function authorise(tokens: Tokens, method: string, token: string | undefined): void {
  const [wanted, other] =
    method === 'apps.connections.open' ? [tokens.app, tokens.bot] : [tokens.bot, tokens.app];
  if (!token) throw new Refusal('not_authed');
  if (token === wanted) return;
  throw new Refusal(token === other ? 'not_allowed_token_type' : 'invalid_auth');
}

const structured = ['blocks', 'view', 'metadata', 'files', 'attachments'];

/** Reads a call's arguments from JSON or from a form, in which structures stand as JSON text. */
export function readArguments(contentType: string, raw: string): Json {
  if (contentType.includes('application/json')) return JSON.parse(raw || '{}') as Json;
  const body: Json = Object.fromEntries(new URLSearchParams(raw));
  for (const name of structured) {
    if (typeof body[name] !== 'string') continue;
    try {
      body[name] = JSON.parse(body[name]);
    } catch {
      // Left as text: the method refuses it with the error Slack has for it.
    }
  }
  return body;
}
