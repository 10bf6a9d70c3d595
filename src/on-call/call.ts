import { again, type Failure, refused } from './delivery.ts';
import { readRecord, recordOf } from './json.ts';
import { quoted } from './plain.ts';

/** What the providers reach the world with. */
export interface Outside {
  fetch: typeof fetch;
  /** From the start of a call to the last byte of its answer. */
  timeoutMs: number;
  now: () => number;
}

export interface Call {
  /** Who is called, as problems name it: no address, those may hold secrets. */
  who: string;
  method?: 'POST' | 'PUT' | 'GET';
  url: string;
  headers?: Record<string, string>;
  body?: string;
  /** Whatever must not be repeated when the other side repeats it. */
  secrets: readonly string[];
  /** Other statuses that are as good as a success. */
  alsoFine?: readonly number[];
}

export interface Answer {
  ok: true;
  text: string;
}

/** PagerDuty's and incident.io's limit; the others take at least as much. */
const MAX_BODY_BYTES = 512 * 1024;
const MAX_ANSWER_CHARS = 64 * 1024;
const LONGEST_PAUSE_SECONDS = 3600;

/** One call, one answer. Follows no redirect: what it sends is meant for this host alone. */
export async function call(outside: Outside, asked: Call): Promise<Answer | Failure> {
  const { who, method = 'POST', url, headers, body } = asked;
  if (body !== undefined && Buffer.byteLength(body) > MAX_BODY_BYTES)
    return refused(`${who} was not called: the page is over 512 KB`);
  try {
    const response = await outside.fetch(url, {
      method,
      headers: { 'user-agent': 'Gatehouse', ...headers },
      body,
      redirect: 'manual',
      signal: AbortSignal.timeout(outside.timeoutMs),
    });
    return readAnswer(asked, response, await beginningOf(response), outside.now());
  } catch (error) {
    return again(`${who} ${unreached(error, outside.timeoutMs)}`);
  }
}

function readAnswer(asked: Call, response: Response, text: string, now: number): Answer | Failure {
  const { status, headers } = response;
  if (response.ok || asked.alsoFine?.includes(status)) return { ok: true, text };
  if (status >= 300 && status < 400)
    return refused(`${asked.who} answered with a redirect (${status}): configure its final address`);
  const said = quoted(explanation(text), asked.secrets);
  const problem = `${asked.who} answered ${status}${said && `: ${said}`}`;
  const isPassing = status === 429 || status === 408 || status >= 500;
  return isPassing ? again(problem, pauseOf(headers, now)) : refused(problem);
}

/** As much of an answer as could matter: another side that never ends is not listened to for ever. */
async function beginningOf(response: Response): Promise<string> {
  const decoder = new TextDecoder();
  let text = '';
  for await (const chunk of response.body ?? []) {
    text += decoder.decode(chunk, { stream: true });
    if (text.length >= MAX_ANSWER_CHARS) break;
  }
  return text;
}

/** `Retry-After` in seconds or as a date; OpsGenie has a header of its own. */
function pauseOf(headers: Headers, now: number): number | null {
  const given = headers.get('retry-after') ?? headers.get('x-ratelimit-period-in-sec');
  if (given === null) return null;
  const seconds = /^\d+$/.test(given) ? Number(given) : Math.ceil((Date.parse(given) - now) / 1000);
  return Number.isNaN(seconds) ? null : Math.min(Math.max(seconds, 1), LONGEST_PAUSE_SECONDS);
}

/** What went wrong, from the forms in which these products say it. Pages of proxies and the like say nothing. */
function explanation(text: string): string {
  const { message, error, errors } = readRecord(text);
  const parts = [message, error, ...(Array.isArray(errors) ? errors : Object.values(recordOf(errors)))];
  return parts.filter((part) => typeof part === 'string' && part !== '').join(': ');
}

function unreached(error: unknown, timeoutMs: number): string {
  const { name, cause } = error as Error;
  if (name === 'TimeoutError') return `gave no answer within ${timeoutMs / 1000} s`;
  const code = (cause as { code?: unknown } | undefined)?.code;
  return `could not be reached${typeof code === 'string' && /^[A-Z_0-9]+$/.test(code) ? ` (${code})` : ''}`;
}
