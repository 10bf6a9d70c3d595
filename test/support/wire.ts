import http from 'node:http';
import net from 'node:net';

/** A cable to a server that a test can cut, mend, and lead to another server. */
export async function startCable(target: string): Promise<{
  url: string;
  cut(): void;
  mend(): void;
  /** Nothing passes any more, in no direction, and nobody is told; new connections as well, until `thawNew`. */
  freeze(): void;
  thawNew(): void;
  /** New connections go there; those that are open stay where they are. */
  lead(to: string): void;
  close(): Promise<void>;
}> {
  let to = new URL(target);
  const open = new Set<net.Socket>();
  let isCut = false;
  let isFrozen = false;
  const server = net.createServer((near) => {
    if (isCut) return near.destroy();
    const far = net.connect(Number(to.port), to.hostname);
    for (const socket of [near, far]) {
      open.add(socket);
      socket.on('error', () => {});
      socket.on('close', () => {
        open.delete(socket);
        near.destroy();
        far.destroy();
      });
    }
    if (!isFrozen) near.pipe(far).pipe(near);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as net.AddressInfo).port}`,
    cut: () => {
      isCut = true;
      for (const socket of open) socket.destroy();
    },
    mend: () => {
      isCut = false;
    },
    freeze: () => {
      isFrozen = true;
      // Read and thrown away, as by a network that loses it.
      for (const socket of open) socket.unpipe().resume();
    },
    thawNew: () => {
      isFrozen = false;
    },
    lead: (other) => {
      to = new URL(other);
    },
    close: () =>
      new Promise((resolve) => {
        for (const socket of open) socket.destroy();
        server.close(() => resolve());
      }),
  };
}

/** A server between client and gate that changes answers on their way, as an attacker would. */
export async function startMeddler(
  target: string,
  change: (body: Record<string, unknown>) => Record<string, unknown>,
): Promise<{ url: string; close(): Promise<void> }> {
  const server = http.createServer((request, response) => {
    const on = http.request(
      new URL(request.url ?? '/', target),
      { method: request.method, headers: request.headers },
      (answer) => {
        const chunks: Buffer[] = [];
        answer.on('data', (chunk) => chunks.push(chunk));
        answer.on('end', () => {
          const text = Buffer.concat(chunks).toString();
          const isJson = /application\/json/.test(answer.headers['content-type'] ?? '');
          const { 'content-length': _, 'transfer-encoding': __, ...headers } = answer.headers;
          response.writeHead(answer.statusCode ?? 500, headers);
          response.end(isJson ? JSON.stringify(change(JSON.parse(text))) : text);
        });
      },
    );
    on.on('error', () => response.destroy());
    request.pipe(on);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as net.AddressInfo).port}`,
    close: () =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
}
