import net from 'node:net';

export interface Balancer {
  url: string;
  close(): Promise<void>;
}

/** Leads each connection to one of several servers in turn; one that refuses it is passed over. */
export async function startBalancer(targets: readonly string[]): Promise<Balancer> {
  const open = new Set<net.Socket>();
  let turn = 0;
  const lead = (near: net.Socket, left: number): void => {
    if (left === 0) return void near.destroy();
    const to = new URL(targets[turn++ % targets.length] ?? '');
    const far = net.connect(Number(to.port), to.hostname);
    const refused = () => lead(near, left - 1);
    far.once('error', refused);
    far.once('connect', () => {
      far.off('error', refused);
      for (const [socket, other] of [
        [near, far],
        [far, near],
      ] as const) {
        open.add(socket);
        socket.on('error', () => {});
        socket.on('close', () => {
          open.delete(socket);
          other.destroy();
        });
      }
      near.pipe(far).pipe(near);
    });
  };
  const server = net.createServer((near) => {
    near.on('error', () => {});
    lead(near, targets.length);
  });
  await new Promise<void>((resolve) => server.listen({ port: 0, host: '127.0.0.1', backlog: 8192 }, resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as net.AddressInfo).port}`,
    close: () =>
      new Promise((resolve) => {
        for (const socket of open) socket.destroy();
        server.close(() => resolve());
      }),
  };
}
