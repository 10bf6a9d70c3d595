import { connect, type Socket } from 'node:net';

/** Thousands of clients that wait, in a process of their own. */
export type CrowdOrder =
  | { what: 'connect'; port: number; token: string; ids: string[] }
  /** Answers when so many were answered since they were connected. */
  | { what: 'answered'; count: number }
  | { what: 'leave' };
export interface CrowdAnswer {
  /** Milliseconds until all were connected. */
  connectedMs?: number;
  /** When each was answered, on the clock of this machine (ms). */
  times: number[];
  lost: number;
}

let sockets: Socket[] = [];
let times: number[] = [];
let lost = 0;
let look = () => {};

process.on('message', (order: CrowdOrder) => {
  obey(order).then((answer) => process.send?.(answer));
});

async function obey(order: CrowdOrder): Promise<CrowdAnswer> {
  switch (order.what) {
    case 'connect': {
      [sockets, times, lost] = [[], [], 0];
      const start = performance.now();
      await Promise.all(order.ids.map((id) => join(order.port, order.token, id)));
      return { connectedMs: performance.now() - start, times, lost };
    }
    case 'answered':
      await new Promise<void>((resolve) => {
        look = () => times.length + lost >= order.count && resolve();
        look();
      });
      return { times, lost };
    case 'leave':
      for (const socket of sockets) socket.destroy();
      return { times, lost };
  }
}

/** Resolves when it is connected and has asked. */
const join = (port: number, token: string, id: string): Promise<void> =>
  new Promise((resolve) => {
    let isThere = false;
    const socket = connect({ port, host: '127.0.0.1', noDelay: true }, () => {
      socket.write(
        `GET /api/v1/requests/${id}?wait=55&version=1 HTTP/1.1\r\nhost: 127.0.0.1\r\nauthorization: Bearer ${token}\r\n\r\n`,
        () => resolve(),
      );
    });
    sockets.push(socket);
    socket.once('data', (chunk) => {
      isThere = chunk.toString('latin1', 9, 12) === '200';
      if (isThere) times.push(performance.timeOrigin + performance.now());
      else lost += 1;
      look();
    });
    socket.on('error', () => {
      if (!isThere) lost += 1;
      resolve();
      look();
    });
  });
