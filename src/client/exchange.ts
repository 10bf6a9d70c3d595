import type { Agent, IncomingHttpHeaders, RequestOptions } from 'node:http';
import http from 'node:http';
import https from 'node:https';

/** Longest answer that is read, in bytes. The API's are a few kilobytes; a list of requests is the largest. */
const MAX_ANSWER_BYTES = 8 * 1024 * 1024;

export interface Call {
  method: string;
  url: URL;
  headers: Record<string, string>;
  body?: string;
  /** From the start to the last byte of the answer: it also ends a connection whose other side is gone. */
  timeoutMs: number;
  signal?: AbortSignal;
}

export interface Answer {
  status: number;
  headers: IncomingHttpHeaders;
  text: string;
}

/** Connections that are kept for the next call. */
export const newAgent = (url: URL): Agent =>
  url.protocol === 'https:' ? new https.Agent({ keepAlive: true }) : new http.Agent({ keepAlive: true });

/** One request, one answer, whatever its status. Rejects when there is none. Follows no redirect: the token stays here. */
export function exchange(agent: Agent, call: Call): Promise<Answer> {
  const { method, headers, signal } = call;
  const options: RequestOptions = { method, headers, agent, signal };
  const request = call.url.protocol === 'https:' ? https.request : http.request;
  return new Promise((resolve, reject) => {
    const sent = request(call.url, options, (response) => {
      const chunks: Buffer[] = [];
      let size = 0;
      response.on('data', (chunk: Buffer) => {
        size += chunk.length;
        if (size > MAX_ANSWER_BYTES) sent.destroy(new Error(`the answer is over ${MAX_ANSWER_BYTES} bytes`));
        else chunks.push(chunk);
      });
      response.on('error', reject);
      response.on('end', () => {
        const text = Buffer.concat(chunks).toString('utf8');
        resolve({ status: response.statusCode ?? 0, headers: response.headers, text });
      });
    });
    const late = () => sent.destroy(new Error(`no answer within ${Math.round(call.timeoutMs / 1000)} s`));
    const timer = setTimeout(late, call.timeoutMs);
    sent.on('close', () => clearTimeout(timer));
    sent.on('error', reject);
    sent.end(call.body);
  });
}
