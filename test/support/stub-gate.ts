import { generateKeyPairSync } from 'node:crypto';
import { EventEmitter, once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { OutcomeBody, RequestBody, Submit } from '../../src/api.ts';
import { type Command, commandText } from '../../src/core/command/command.ts';
import { type Envelope, type SigningKey, signingKeyFromPem } from '../../src/core/proof/envelope.ts';
import { sealRecord } from '../../src/core/proof/record.ts';

export interface StubRequest {
  body: RequestBody;
  submit: Submit;
  startedBy: string | null;
  outcome: OutcomeBody | null;
}

export interface Heard {
  method: string;
  path: string;
  query: URLSearchParams;
  headers: IncomingMessage['headers'];
  body: unknown;
}

/** One answer that is given instead of the proper one. */
export interface Instead {
  status: number;
  headers?: Record<string, string>;
  body?: string;
}

export const newKey = (): SigningKey =>
  signingKeyFromPem(
    generateKeyPairSync('ed25519').privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
  );

/** As much of the HTTP API as a client sees, with real signatures and with every fault a client has to bear. */
export class StubGate {
  readonly key = newKey();
  readonly requests: StubRequest[] = [];
  readonly heard: Heard[] = [];
  readonly events = new EventEmitter();
  token = 'gate_test_token';
  expiresInMs = 600_000;
  useWithinMs = 600_000;
  /** Decides a request as it comes. */
  decideAtOnce: ((request: StubRequest) => void) | null = null;
  /** What a middleman does to the grant on its way. */
  tamper: (grant: Envelope) => Envelope = (grant) => grant;
  /** Given, in order, instead of the next proper answers to calls that match. */
  instead: { match: RegExp; answer: Instead }[] = [];
  #server: Server | null = null;
  #port = 0;
  #keys = new Map<string, StubRequest>();

  get url(): string {
    return `http://127.0.0.1:${this.#port}`;
  }

  async open(): Promise<this> {
    this.#server = createServer((request, response) => void this.#answer(request, response));
    await once(this.#server.listen(this.#port, '127.0.0.1'), 'listening');
    this.#port = (this.#server.address() as AddressInfo).port;
    return this;
  }

  /** Gone at once, connections included; what it remembers stays. */
  async vanish(): Promise<void> {
    const server = this.#server;
    this.#server = null;
    if (!server) return;
    const closed = once(server, 'close');
    server.close();
    server.closeAllConnections();
    await closed;
  }

  /** The next `event`: `submit`, `wait`, `start`, `outcome`, `withdraw`. */
  async next(event: string): Promise<StubRequest> {
    const [request] = (await once(this.events, event)) as [StubRequest];
    return request;
  }

  decide(
    request: StubRequest,
    state: Exclude<RequestBody['state'], 'pending'>,
    options: {
      by?: NonNullable<RequestBody['decision']>['by'];
      people?: string[];
      reason?: string;
      key?: SigningKey;
    } = {},
  ): void {
    const {
      people = [],
      reason = null,
      by = people.length > 0 ? 'people' : 'rule',
      key = this.key,
    } = options;
    const now = new Date();
    const { body } = request;
    const useBy = state === 'approved' ? new Date(now.getTime() + this.useWithinMs) : null;
    Object.assign(body, {
      state,
      version: body.version + 1,
      use_by: useBy?.toISOString() ?? null,
      grant: useBy && this.tamper(this.#sign(request, useBy, key)),
      decision: {
        by,
        at: now.toISOString(),
        reason,
        people: people.map((name) => ({ id: `U${name.toUpperCase()}`, name })),
        after_seconds: (now.getTime() - Date.parse(body.created_at)) / 1000,
      },
    });
    this.events.emit('changed', request);
  }

  change(request: StubRequest, edit: (body: RequestBody) => void): void {
    edit(request.body);
    request.body.version += 1;
    this.events.emit('changed', request);
  }

  #sign({ body, submit }: StubRequest, useBy: Date, key: SigningKey): Envelope {
    const action = {
      salt: submit.digest?.salt,
      project: body.project,
      environment: body.environment,
      command: body.command,
      cwd: submit.cwd,
      program: submit.program,
    };
    const facts = {
      requestId: body.id,
      requester: { name: 'ci', kind: 'ci', actor: submit.context?.actor },
      action,
      notAfter: useBy.toISOString(),
      reviewers: [{ name: 'Ana', verdict: 'approve', at: new Date().toISOString(), channel: 'slack' }],
      quorum: '1/1',
    };
    const digest = submit.digest?.sha256 ?? '';
    return sealRecord(
      { type: 'approved', subject: body.id, digest, at: new Date(), facts },
      { id: 'main', seq: 2, prev: `sha256:${'0'.repeat(64)}` },
      key,
      '0.1.0',
    );
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const url = new URL(request.url ?? '/', this.url);
    const text = Buffer.concat(chunks).toString('utf8');
    const method = request.method ?? '';
    const body: unknown = text ? JSON.parse(text) : null;
    this.heard.push({ method, path: url.pathname, query: url.searchParams, headers: request.headers, body });

    const at = this.instead.findIndex(({ match }) => match.test(`${method} ${url.pathname}`));
    const [instead] = at >= 0 ? this.instead.splice(at, 1) : [];
    if (instead) {
      response.writeHead(instead.answer.status, instead.answer.headers).end(instead.answer.body ?? '');
      this.events.emit('instead');
      return;
    }
    const answer = await this.#route(method, url, body, request.headers);
    if (response.destroyed) return;
    response
      .writeHead(answer.status, { 'content-type': 'application/json' })
      .end(JSON.stringify(answer.body));
    if (answer.event) this.events.emit(answer.event, answer.request);
  }

  async #route(
    method: string,
    url: URL,
    body: unknown,
    headers: IncomingMessage['headers'],
  ): Promise<Routed> {
    if (url.pathname === '/api/v1/keys') {
      const x = Buffer.from(this.key.publicKey, 'base64').toString('base64url');
      return {
        status: 200,
        body: { keys: [{ kty: 'OKP', crv: 'Ed25519', x, kid: this.key.id, use: 'sig' }] },
      };
    }
    if (headers.authorization !== `Bearer ${this.token}`) {
      return problem(401, 'This token is not known.', 'Ask for a new one.');
    }
    if (method === 'POST' && url.pathname === '/api/v1/requests') {
      const request = this.#submit(body as Submit, String(headers['idempotency-key']));
      const status = request.body.state === 'pending' ? 202 : 200;
      return { status, body: request.body, event: 'submit', request };
    }
    const [, id, verb] = /^\/api\/v1\/requests\/([^/]+)(?:\/([a-z]+))?$/.exec(url.pathname) ?? [];
    const request = this.requests.find((known) => known.body.id === id);
    if (!request) return problem(404, 'There is no such request.', 'Look at its id.');
    if (verb === 'start') return this.#start(request, (body as { start_id: string }).start_id);
    if (verb === 'outcome') request.outcome = body as OutcomeBody;
    else if (verb === 'withdraw') {
      if (request.body.state === 'pending') this.decide(request, 'withdrawn', { by: 'requester' });
    } else await this.#wait(request, url.searchParams);
    return { status: 200, body: request.body, event: verb ?? 'wait', request };
  }

  #submit(submit: Submit, key: string): StubRequest {
    const known = this.#keys.get(key);
    if (known) return known;
    const command: Command = submit.argv
      ? { kind: 'argv', argv: submit.argv }
      : { kind: 'shell', text: submit.command ?? '' };
    const body: RequestBody = {
      id: `req_${String(this.requests.length + 1).padStart(26, '0')}`,
      version: 1,
      state: 'pending',
      project: submit.project ?? 'shop',
      environment: submit.environment,
      command: commandText(command),
      reason: submit.reason ?? null,
      created_at: new Date().toISOString(),
      expires_at: new Date(Date.now() + this.expiresInMs).toISOString(),
      url: 'https://example.slack.com/archives/C0PRODUCTN/p1700000000000000',
      assessment: {
        score: 45,
        level: 'MEDIUM',
        reasons: [{ points: 45, why: 'restarts a running service' }],
      },
      asked: {
        channel: '#production',
        reviewers: 'the members of #production',
        approvals_needed: 1,
        approvals: [],
        posted: true,
        problem: null,
        emergency: submit.emergency ?? false,
        reach: null,
        told: [],
        looking: null,
        questions: [],
      },
      decision: null,
      grant: null,
      use_by: null,
      started_at: null,
      outcome: null,
      notes: [],
    };
    const request: StubRequest = { body, submit, startedBy: null, outcome: null };
    this.requests.push(request);
    this.#keys.set(key, request);
    this.decideAtOnce?.(request);
    return request;
  }

  #start(request: StubRequest, startId: string): Routed {
    if (request.body.state !== 'approved' || (request.startedBy && request.startedBy !== startId)) {
      return problem(409, 'This approval was used already.', 'Ask again: an approval is good for one run.');
    }
    request.startedBy = startId;
    request.body.started_at = new Date().toISOString();
    return { status: 200, body: { started_at: request.body.started_at }, event: 'start', request };
  }

  async #wait(request: StubRequest, query: URLSearchParams): Promise<void> {
    if (request.body.state !== 'pending' || String(request.body.version) !== query.get('version')) return;
    this.events.emit('waiting', request);
    const { promise, resolve } = deferred();
    const onChange = (changed: StubRequest) => changed === request && resolve();
    const timer = setTimeout(resolve, Number(query.get('wait')) * 1000);
    this.events.on('changed', onChange);
    await promise;
    clearTimeout(timer);
    this.events.off('changed', onChange);
  }
}

interface Routed {
  status: number;
  body: unknown;
  event?: string;
  request?: StubRequest;
}

const problem = (status: number, title: string, hint: string): Routed => ({
  status,
  body: { type: 'about:blank', title, status, hint },
});

function deferred(): { promise: Promise<void>; resolve: () => void } {
  let resolve = () => {};
  const promise = new Promise<void>((done) => {
    resolve = done;
  });
  return { promise, resolve };
}
