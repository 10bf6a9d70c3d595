import { connect, type Socket } from 'node:net';

/**
 * The load, in a process of its own: raw sockets, one request after the other on each. Told what to do by messages,
 * it answers each with what it measured.
 */
export interface Order {
  port: number;
  connections: number;
  seconds: number;
  path: string;
  token: string;
  /** JSON texts, sent in turns. */
  bodies: string[];
}
export interface Measured {
  perSecond: number;
  p50: number;
  p99: number;
  /** How many answers had each status. */
  statuses: Record<string, number>;
}

const END_OF_HEAD = Buffer.from('\r\n\r\n');

process.on('message', (order: Order) => {
  load(order).then(
    (measured) => process.send?.(measured),
    (error: Error) => process.send?.({ error: error.message }),
  );
});

async function load({ port, connections, seconds, path, token, bodies }: Order): Promise<Measured> {
  const requests = bodies.map((body) =>
    Buffer.from(
      `POST ${path} HTTP/1.1\r\nhost: 127.0.0.1\r\nauthorization: Bearer ${token}\r\n` +
        `content-type: application/json\r\ncontent-length: ${Buffer.byteLength(body)}\r\n\r\n${body}`,
    ),
  );
  const statuses: Record<string, number> = {};
  const times: number[] = [];
  let [next, isOver] = [0, false];
  const worker = async (): Promise<void> => {
    const socket = connect({ port, host: '127.0.0.1', noDelay: true });
    const answers = answersOf(socket);
    while (!isOver) {
      const start = performance.now();
      socket.write(requests[next++ % requests.length] as Buffer);
      const status = await answers();
      times.push(performance.now() - start);
      statuses[status] = (statuses[status] ?? 0) + 1;
    }
    socket.destroy();
  };
  const start = performance.now();
  setTimeout(() => {
    isOver = true;
  }, seconds * 1000);
  await Promise.all(Array.from({ length: connections }, worker));
  const elapsed = (performance.now() - start) / 1000;
  times.sort((a, b) => a - b);
  const at = (share: number) => times[Math.floor(times.length * share)] ?? Number.NaN;
  return { perSecond: times.length / elapsed, p50: at(0.5), p99: at(0.99), statuses };
}

/** Reads answers that carry their length; each call resolves to the status of the next one. */
function answersOf(socket: Socket): () => Promise<string> {
  let read = Buffer.alloc(0);
  let wake: ((status: string) => void) | null = null;
  let fail: ((error: Error) => void) | null = null;
  socket.on('data', (chunk) => {
    read = read.length === 0 ? chunk : Buffer.concat([read, chunk]);
    const head = read.indexOf(END_OF_HEAD);
    if (head < 0) return;
    const text = read.toString('latin1', 0, head);
    const length = Number(/content-length: (\d+)/i.exec(text)?.[1] ?? Number.NaN);
    if (Number.isNaN(length)) return fail?.(new Error(`an answer without a length: ${text}`));
    if (read.length < head + 4 + length) return;
    read = read.subarray(head + 4 + length);
    wake?.(text.slice(9, 12));
  });
  socket.on('error', (error) => fail?.(error));
  socket.on('close', () => fail?.(new Error('the server closed the connection')));
  return () =>
    new Promise((resolve, reject) => {
      [wake, fail] = [resolve, reject];
    });
}
