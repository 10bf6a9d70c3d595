import { readFileSync } from 'node:fs';
import path from 'node:path';
import { type Client, createClient, Misconfigured } from '../client.ts';

/** Flags of every subcommand that talks to a gate. A token is never one: other users of the machine see flags. */
export const CONNECTION = {
  url: { type: 'string' },
  'token-file': { type: 'string' },
} as const;

export const CONNECTION_HELP = `  --url URL             the gate's address            (GATE_URL)
  --token-file FILE     a file that holds the token   (GATE_TOKEN: the token itself)`;

interface Flags {
  url?: string;
  'token-file'?: string;
}

/** A client for the address and the token in the flags or the environment. */
export function connect(flags: Flags, fallback: { url?: string; token?: () => string | null } = {}): Client {
  const url = flags.url ?? (process.env.GATE_URL || fallback.url);
  if (!url)
    throw new Misconfigured(
      'no gate to ask: GATE_URL is not set',
      'export GATE_URL=https://gate.example.com',
    );
  const token = readToken(flags['token-file']) ?? fallback.token?.() ?? null;
  if (!token)
    throw new Misconfigured(
      'no token: GATE_TOKEN is not set',
      'have one made with gate token create, and give it as GATE_TOKEN or with --token-file',
    );
  return createClient({ url, token, allowInsecure: process.env.GATE_INSECURE === '1' });
}

/** As `connect`; on the machine of the gate, without flags or variables, with the token it wrote there. */
export const connectAsAdmin = (flags: Flags): Client =>
  connect(flags, { url: 'http://127.0.0.1:3000', token: adminToken });

/** What the gate wrote when it first started in this directory. */
function adminToken(): string | null {
  try {
    return readFileSync(path.join(process.env.GATE_DATA || '.gatehouse', 'admin-token'), 'utf8').trim();
  } catch {
    return null;
  }
}

function readToken(file: string | undefined): string | null {
  const token = file === undefined ? process.env.GATE_TOKEN?.trim() : readTokenFile(file);
  // Header values are bytes: anything else is a slip of the clipboard.
  if (token && !/^[\x21-\x7e]+$/.test(token))
    throw new Misconfigured('the token holds blanks or odd characters', 'copy it again, it is one word');
  return token || null;
}

function readTokenFile(file: string): string {
  try {
    return readFileSync(file, 'utf8').trim();
  } catch (error) {
    throw new Misconfigured(`cannot read --token-file: ${(error as Error).message}`, 'name a readable file');
  }
}
