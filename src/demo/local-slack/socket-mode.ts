import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import { type WebSocket, WebSocketServer } from 'ws';
import type { Json } from './checks.ts';
import type { Answer, Kind } from './delivery.ts';
import { bot } from './workspace.ts';

const pingEveryMs = 5000;
const mostConnections = 10;
const closingMs = 300;

export type SocketMode = {
  /** The address of a new connection, good for one use. */
  ticketUrl: (httpUrl: string) => string;
  upgrade: (request: IncomingMessage, socket: Duplex, head: Buffer) => void;
  /** Sends an envelope to exactly one connection and waits for its acknowledgement. */
  send: (
    kind: Kind,
    payload: Json,
    options: { ackMs: number; attempt?: number; reason?: string },
  ) => Promise<Answer>;
  /** Tells every connection to come back, as Slack does when it moves an app to another host. */
  disconnect: (reason?: 'warning' | 'refresh_requested' | 'link_disabled') => void;
  /** Cuts every connection off without a word. */
  cut: () => void;
  /** Ends every connection in good order. */
  close: () => Promise<void>;
  connections: () => number;
};

export function createSocketMode(changed: () => void): SocketMode {
  const server = new WebSocketServer({ noServer: true });
  const tickets = new Set<string>();
  const sockets: WebSocket[] = [];
  const waiting = new Map<string, (payload: unknown) => void>();

  function welcome(socket: WebSocket): void {
    sockets.push(socket);
    const ping = setInterval(() => socket.ping('Ping from local-slack'), pingEveryMs);
    socket.on('error', () => socket.terminate());
    socket.on('close', () => {
      clearInterval(ping);
      sockets.splice(sockets.indexOf(socket), 1);
      changed();
    });
    socket.on('message', (data) => acknowledged(String(data)));
    socket.send(
      JSON.stringify({
        type: 'hello',
        num_connections: sockets.length,
        connection_info: { app_id: bot.app },
        debug_info: { host: 'local-slack', build_number: 1, approximate_connection_time: 18_060 },
      }),
    );
    changed();
  }

  function acknowledged(text: string): void {
    try {
      const message = JSON.parse(text) as Json;
      waiting.get(String(message.envelope_id))?.(message.payload);
    } catch {
      // Slack ignores what it cannot read.
    }
  }

  /** The next connection in turn; Slack promises no more than "one of them". */
  function next(): WebSocket | undefined {
    const socket = sockets.shift();
    if (socket) sockets.push(socket);
    return socket;
  }

  return {
    ticketUrl(httpUrl) {
      const ticket = randomUUID();
      tickets.add(ticket);
      return `${httpUrl.replace(/^http/, 'ws')}/link/?ticket=${ticket}&app_id=${bot.app}`;
    },
    upgrade(request, socket, head) {
      const ticket = new URL(request.url ?? '/', 'http://local').searchParams.get('ticket');
      if (!ticket || !tickets.delete(ticket) || sockets.length >= mostConnections) {
        socket.end('HTTP/1.1 403 Forbidden\r\nConnection: close\r\n\r\n');
        return;
      }
      server.handleUpgrade(request, socket, head, welcome);
    },
    send(kind, payload, { ackMs, attempt, reason }) {
      const socket = next();
      if (!socket) return Promise.resolve({ status: 0, body: undefined, problem: 'no connection' });
      const envelope_id = randomUUID();
      return new Promise((resolve) => {
        const settle = (answer: Answer): void => {
          clearTimeout(timer);
          waiting.delete(envelope_id);
          resolve(answer);
        };
        const timer = setTimeout(() => settle({ status: 0, body: undefined, problem: 'timeout' }), ackMs);
        waiting.set(envelope_id, (body) => settle({ status: 200, body: isEmpty(body) ? undefined : body }));
        socket.send(
          JSON.stringify({
            envelope_id,
            type: kind,
            payload,
            accepts_response_payload: kind !== 'events_api',
            ...(kind === 'events_api' && { retry_attempt: attempt ?? 0, retry_reason: reason ?? '' }),
          }),
        );
      });
    },
    disconnect(reason = 'refresh_requested') {
      for (const socket of sockets)
        socket.send(JSON.stringify({ type: 'disconnect', reason, debug_info: { host: 'local-slack' } }));
    },
    cut() {
      for (const socket of [...sockets]) socket.terminate();
    },
    async close() {
      const closed = sockets.map((socket) => once(socket, 'close'));
      for (const socket of sockets) socket.close(1001);
      await Promise.race([Promise.all(closed), sleep(closingMs, undefined, { ref: false })]);
      this.cut();
    },
    connections: () => sockets.length,
  };
}

/** The SDK acknowledges with `{}` where HTTP would have an empty body. */
const isEmpty = (body: unknown): boolean =>
  body === undefined ||
  body === null ||
  body === '' ||
  (typeof body === 'object' && Object.keys(body).length === 0);
