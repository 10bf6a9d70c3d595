import type { Json } from '../checks.ts';
import { bot, type Channel, findChannel, type Person, type Workspace } from '../workspace.ts';

export type Call = { workspace: Workspace; url: string; body: Json };
/** One method of the Web API: what `ok: true` comes with. Throws a Refusal for `ok: false`. */
export type Method = (call: Call) => Json;

/** How a method ends with one of Slack's error codes. */
export class Refusal extends Error {
  readonly code: string;
  readonly details: Json;
  constructor(code: string, details: Json = {}) {
    super(code);
    this.code = code;
    this.details = details;
  }
}

/** A refusal with the reasons in the place where Slack's clients look for them. */
export function refuseWith(code: string, lines: string[]): Refusal {
  return new Refusal(code, {
    ...(code === 'invalid_blocks' && { errors: lines }),
    response_metadata: { messages: lines.map((line) => `[ERROR] ${line}`) },
  });
}

export function requiredText(body: Json, name: string): string {
  const value = body[name];
  if (typeof value === 'string' && value !== '') return value;
  throw refuseWith('invalid_arguments', [`missing required field: ${name} [json-pointer:/${name}]`]);
}

export const optionalText = (body: Json, name: string): string | undefined =>
  typeof body[name] === 'string' && body[name] !== '' ? (body[name] as string) : undefined;

/** Forms carry `true` and `false` as words. */
export const isOn = (value: unknown): boolean => value === true || value === 'true' || value === '1';

/** A channel as the app sees it: private ones that it is not in do not exist for it. */
export function visibleChannel(workspace: Workspace, reference: string): Channel {
  const channel = findChannel(workspace, reference);
  if (!channel || (channel.isPrivate && !channel.members.includes(bot.user)))
    throw new Refusal('channel_not_found');
  return channel;
}

/** A channel the app may post to. */
export function postableChannel({ workspace, body }: Call): Channel {
  const channel = visibleChannel(workspace, requiredText(body, 'channel'));
  if (channel.archived) throw new Refusal('is_archived');
  if (!channel.members.includes(bot.user)) throw new Refusal('not_in_channel');
  return channel;
}

export function somebody(workspace: Workspace, id: string, code = 'user_not_found'): Person {
  const person = workspace.people.get(id);
  if (!person) throw new Refusal(code);
  return person;
}

/** One page of a list, with the cursor to the next. */
export function pageOf<T>(all: T[], body: Json, defaultLimit = 100): { page: T[]; response_metadata: Json } {
  const cursor = optionalText(body, 'cursor');
  const start = cursor ? Number(Buffer.from(cursor, 'base64').toString().replace('next:', '')) : 0;
  if (!Number.isInteger(start) || start > all.length) throw new Refusal('invalid_cursor');
  const limit = Number(body.limit ?? defaultLimit) || defaultLimit;
  if (limit < 1 || limit > 1000) throw new Refusal('invalid_limit');
  const end = start + limit;
  const next = end < all.length ? Buffer.from(`next:${end}`).toString('base64') : '';
  return { page: all.slice(start, end), response_metadata: { next_cursor: next } };
}
