/** What somebody said about the gate they want. */
export interface Answers {
  url: string;
  /** How Slack reaches the gate: `socket` needs no public address. */
  transport: Transport;
  environments: EnvironmentAnswer[];
  timeZone: string;
  /** null: round the clock. */
  officeHours: string | null;
  /** null: embedded. Empty: a PostgreSQL that is named later. */
  databaseUrl: string | null;
}
export type Transport = 'socket' | 'http';

export interface EnvironmentAnswer {
  name: string;
  channel: string;
  reviewers: 'channel' | { users: string[]; groups: string[] };
}

/** A typed answer, read; or why it is none. */
export type Read<T> = { value: T } | { why: string };

/** `channel`, or ids of people and user groups: `U0ANA, S0DBA`. */
export function readReviewers(typed: string): Read<EnvironmentAnswer['reviewers']> {
  const words = typed.split(/[\s,]+/).filter((word) => word !== '');
  if (words.length === 1 && words[0]?.toLowerCase() === 'channel') return { value: 'channel' };
  const isUser = (word: string) => /^[UW][A-Z0-9]{2,}$/.test(word);
  const isGroup = (word: string) => /^S[A-Z0-9]{2,}$/.test(word);
  const odd = words.find((word) => !isUser(word) && !isGroup(word));
  if (odd !== undefined || words.length === 0)
    return { why: 'write channel, or ids of people (U…) and user groups (S…) with commas between them' };
  return { value: { users: words.filter(isUser), groups: words.filter(isGroup) } };
}

/** A name that is typed without its `#` has one. */
export const withHash = (channel: string): string =>
  /^(#|[CG][A-Z0-9]{7,}$)/.test(channel) ? channel : `#${channel}`;

export const readTransport = (typed: string): Read<Transport> =>
  typed === 'socket' || typed === 'http' ? { value: typed } : { why: 'write socket or http' };
