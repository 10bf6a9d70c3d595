import type { Context } from 'hono';
import type { Site } from './site.ts';

const LONGEST_FORM_BYTES = 16 * 1024;

/**
 * Did a page of ours send this? Our pages send no referrer, so browsers write `Origin: null` for their forms and say
 * `Sec-Fetch-Site: same-origin` beside it; over plain http they say the origin alone. Who says neither is no browser.
 */
export function isFromOurPage(c: Context, site: Site): boolean {
  const [where, origin] = [c.req.header('sec-fetch-site'), c.req.header('origin')];
  if (where !== undefined && where !== 'same-origin') return false;
  return origin === undefined || origin === 'null' ? where === 'same-origin' : origin === site.origin;
}

/** The fields of a form; null when it is none, or larger than any of ours. */
export async function readForm(c: Context): Promise<URLSearchParams | null> {
  const type = c.req.header('content-type') ?? '';
  if (!/^application\/x-www-form-urlencoded\s*(;|$)/i.test(type)) return null;
  if (Number(c.req.header('content-length') ?? 0) > LONGEST_FORM_BYTES) return null;
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of (c.req.raw.body ?? []) as AsyncIterable<Uint8Array>) {
    size += chunk.length;
    if (size > LONGEST_FORM_BYTES) return null;
    chunks.push(chunk);
  }
  return new URLSearchParams(Buffer.concat(chunks).toString('utf8'));
}

/** What somebody typed, as a database can hold it: line ends as one character, no NUL. */
export const typed = (form: URLSearchParams, name: string): string =>
  (form.get(name) ?? '').replaceAll('\0', '').replace(/\r\n?/g, '\n').trim();

/** Where a call comes from: the address that is connected, which may be a proxy's. */
export function addressOf(c: Context): string {
  const { incoming } = (c.env ?? {}) as { incoming?: { socket?: { remoteAddress?: string } } };
  return incoming?.socket?.remoteAddress ?? 'unknown';
}
