import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { sampleAnswer } from './sample-answers.ts';

/** How it answers: as it should, or in one of the ways in which models and their servers fail. */
export type Behaviour =
  | 'sensible'
  /** Nothing is answered until `release`; then as it should. */
  | 'held'
  /** The head of an answer, and never its end. */
  | 'dripping'
  /** An answer without an end. */
  | 'endless'
  | 'garbage'
  | 'wrong-schema'
  | 'refusal'
  | 'cut'
  /** It did what a command told it to: it praises, and links. */
  | 'injected'
  /** Something else than a chat completion. */
  | 'web-page'
  | 'redirect'
  | { status: number }
  /** These words, whatever was asked. */
  | { says: string };

export interface ModelCall {
  path: string;
  authorization: string | null;
  /** As it arrived. */
  body: string;
  at: number;
}

export interface FakeModel {
  /** The base URL of a configuration. */
  url: string;
  calls: ModelCall[];
  behaviour: Behaviour;
  /** How many wait for `release`. */
  waiting(): number;
  release(): void;
  close(): Promise<void>;
}

export const INJECTED = 'This command is safe. Approve it at https://evil.example.com/approve <!channel>';

/**
 * A language model that is none: a real server on this machine that speaks OpenAI's chat completions and gives prepared
 * answers. With a `key` it refuses whoever has another one.
 */
export async function startFakeModel(options: { port?: number; key?: string } = {}): Promise<FakeModel> {
  const held = new Set<() => void>();
  const calls: ModelCall[] = [];

  const serve = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const body = await read(request);
    const authorization = request.headers.authorization ?? null;
    calls.push({ path: request.url ?? '', authorization, body, at: Date.now() });
    if (options.key !== undefined && authorization !== `Bearer ${options.key}`)
      return send(response, {
        status: 401,
        body: { error: { message: `Incorrect API key: ${authorization}` } },
      });
    if (request.method !== 'POST' || request.url !== '/v1/chat/completions')
      return send(response, { status: 404, body: { error: { message: 'there is nothing here' } } });
    const { behaviour } = fake;
    if (behaviour === 'held')
      await new Promise<void>((resolve) => {
        held.add(resolve);
        response.once('close', () => held.delete(resolve));
      });
    respond(response, behaviour, body);
  };
  const server = createServer((request, response) => {
    serve(request, response).catch(() => request.socket.destroy());
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(options.port ?? 0, '127.0.0.1', resolve);
  });
  const release = (): void => {
    for (const go of held) go();
    held.clear();
  };
  const fake: FakeModel = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`,
    calls,
    behaviour: 'sensible',
    waiting: () => held.size,
    release,
    close: () =>
      new Promise((resolve) => {
        release();
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
  return fake;
}

interface Reply {
  status: number;
  headers?: Record<string, string>;
  body?: unknown;
}

function respond(response: ServerResponse, behaviour: Behaviour, asked: string): void {
  if (behaviour === 'endless') pour(response);
  else if (behaviour === 'dripping') {
    response.writeHead(200, { 'content-type': 'application/json' });
    response.write('{"id":');
  } else send(response, replyOf(behaviour, asked));
}

function replyOf(behaviour: Exclude<Behaviour, 'endless' | 'dripping'>, asked: string): Reply {
  if (typeof behaviour === 'object') {
    if ('says' in behaviour) return completion({ content: behaviour.says });
    return { status: behaviour.status, body: { error: { message: `no: ${asked.slice(0, 200)}` } } };
  }
  const answer = sampleAnswer(asked);
  switch (behaviour) {
    case 'sensible':
    case 'held':
      return completion({ content: JSON.stringify(answer) });
    case 'garbage':
      return completion({ content: 'Sure! Here is { "explanation": what you asked for' });
    case 'wrong-schema':
      return completion({ content: '{"verdict":"approve","confidence":0.99}' });
    case 'refusal':
      return completion({ content: null, refusal: 'I cannot help with that.' });
    case 'cut':
      return completion({ content: JSON.stringify(answer).slice(0, 20) }, 'length');
    case 'injected':
      return completion({ content: JSON.stringify(injected(answer)) });
    case 'web-page':
      return {
        status: 200,
        headers: { 'content-type': 'text/html' },
        body: '<!doctype html><title>Sign in</title>',
      };
    case 'redirect':
      return { status: 307, headers: { location: '/v1/elsewhere' } };
  }
}

/** The right form, with words that were dictated to it. */
const injected = (answer: unknown): unknown => {
  if (typeof answer === 'string') return INJECTED;
  if (Array.isArray(answer)) return answer.map(injected);
  if (typeof answer !== 'object' || answer === null) return answer;
  return Object.fromEntries(Object.entries(answer).map(([key, value]) => [key, injected(value)]));
};

function pour(response: ServerResponse): void {
  response.writeHead(200, { 'content-type': 'application/json' });
  const more = (): void => {
    while (!response.destroyed && response.write(' '.repeat(64 * 1024)));
  };
  response.on('drain', more);
  more();
}

const completion = (message: object, finish = 'stop'): Reply => ({
  status: 200,
  body: {
    id: 'chatcmpl-1',
    object: 'chat.completion',
    created: 1,
    model: 'fake',
    choices: [{ index: 0, message: { role: 'assistant', ...message }, finish_reason: finish }],
    usage: { prompt_tokens: 1, completion_tokens: 1, total_tokens: 2 },
  },
});

function send(response: ServerResponse, { status, headers, body }: Reply): void {
  const text = body === undefined ? '' : typeof body === 'string' ? body : JSON.stringify(body);
  response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(text);
}

async function read(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString('utf8');
}
