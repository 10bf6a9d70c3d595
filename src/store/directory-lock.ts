import { createHash } from 'node:crypto';
import { mkdirSync, realpathSync, unlinkSync } from 'node:fs';
import net from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';

/** Unix socket paths are cut at about 107 bytes. */
const LONGEST_SOCKET_PATH = 100;

/**
 * Takes a directory for this process alone; PGlite itself takes no lock, and two openers corrupt its files
 * silently. The lock is a bound socket, so it ends with the process however that dies.
 * On Linux an abstract socket comes first: the kernel removes it, so there is no stale file two starters could
 * both clear away. The file socket also holds between containers that share the directory.
 * @returns the release. Throws with the holder's process id when the directory is taken.
 */
export async function lockDirectory(directory: string): Promise<() => void> {
  mkdirSync(directory, { recursive: true, mode: 0o700 });
  const real = realpathSync(directory);
  const name = createHash('sha256').update(real).digest('hex').slice(0, 32);
  const beside = `${real}.lock`;
  const file =
    Buffer.byteLength(beside) <= LONGEST_SOCKET_PATH ? beside : path.join(tmpdir(), `gatehouse-${name}.lock`);

  const held: net.Server[] = [];
  const release = () => {
    for (const server of held) server.close();
  };
  const addresses = process.platform === 'linux' ? [`\0gatehouse-${name}`, file] : [file];
  for (const address of addresses) {
    const server =
      (await bind(address)) ??
      (await clearAndBind(address, directory).catch((e) => {
        release();
        throw e;
      }));
    server.unref();
    held.push(server);
  }
  return release;
}

async function clearAndBind(address: string, directory: string): Promise<net.Server> {
  const holder = await askHolder(address);
  if (holder === null && !address.startsWith('\0')) {
    unlinkSync(address);
    const server = await bind(address);
    if (server) return server;
  }
  throw new Error(
    `the data directory ${directory} is in use by process ${holder ?? 'unknown'}; stop it, or choose another directory with GATE_DATA`,
  );
}

const bind = (address: string): Promise<net.Server | null> =>
  new Promise((resolve, reject) => {
    const server = net.createServer((socket) => socket.end(String(process.pid)));
    server.once('error', (e: NodeJS.ErrnoException) => (e.code === 'EADDRINUSE' ? resolve(null) : reject(e)));
    server.listen(address, () => resolve(server));
  });

const askHolder = (address: string): Promise<string | null> =>
  new Promise((resolve) => {
    const socket = net.connect(address);
    socket.setEncoding('utf8');
    socket.setTimeout(2000, () => resolve('unknown'));
    socket.once('data', (pid) => resolve(String(pid)));
    socket.once('error', () => resolve(null));
  });
