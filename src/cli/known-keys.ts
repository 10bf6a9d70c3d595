import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import path from 'node:path';
import type { TrustedKeys } from '../ask/check.ts';
import { readPinnedKeys } from '../ask/pinned-keys.ts';
import { type Bounds, type Client, Misconfigured } from '../client.ts';
import { keyIdOf } from '../core/proof/envelope.ts';

interface KnownKeys {
  [origin: string]: { keys: string[]; first_seen: string };
}

/** Where keys are remembered. */
export const knownKeysFile = (env: NodeJS.ProcessEnv = process.env): string =>
  path.join(env.XDG_CONFIG_HOME || path.join(homedir(), '.config'), 'gatehouse', 'known-keys.json');

/** The keys pinned by the caller; else those remembered for this gate; else the gate's own, remembered from now on. */
export async function trustedKeys(
  pinned: string | undefined,
  client: Client,
  bounds: Bounds,
  warn: (text: string) => void,
): Promise<TrustedKeys> {
  if (pinned)
    return {
      keys: readPinnedKeys(pinned),
      mend: 'the gate signs with another key than GATE_PUBLIC_KEY: ask its administrator, on another way, which one is right',
    };
  const file = knownKeysFile();
  const known = readKnownKeys(file);
  const remembered = known[client.origin]?.keys;
  const mend = `the gate signs with another key than the one remembered in ${file}. If its administrator confirms the change, remove "${client.origin}" from that file; otherwise somebody stands between you and the gate`;
  if (remembered) return { keys: remembered, mend };

  const keys = await client.keys(bounds);
  const names = keys.map(keyIdOf).join(', ');
  try {
    remember(file, { ...known, [client.origin]: { keys, first_seen: new Date().toISOString() } });
    warn(`first use of ${client.origin}: its key ${names} is remembered in ${file}`);
  } catch (error) {
    warn(`the key ${names} cannot be remembered (${(error as Error).message}); set GATE_PUBLIC_KEY instead`);
  }
  return { keys, mend };
}

/** Every key this user trusts, for checking records without a network. */
export function rememberedKeys(): string[] {
  return Object.values(readKnownKeys(knownKeysFile())).flatMap((gate) => gate.keys);
}

function readKnownKeys(file: string): KnownKeys {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return {};
    throw new Misconfigured(
      `cannot read ${file}: ${(error as Error).message}`,
      'mend it, or set GATE_PUBLIC_KEY',
    );
  }
  try {
    const known = JSON.parse(text) as KnownKeys;
    for (const { keys } of Object.values(known)) for (const key of keys) keyIdOf(key);
    return known;
  } catch {
    throw new Misconfigured(`${file} is damaged`, 'mend it or, if you know the gate to be yours, remove it');
  }
}

/** Whole or not at all: a torn file would be no protection. */
function remember(file: string, known: KnownKeys): void {
  mkdirSync(path.dirname(file), { recursive: true, mode: 0o700 });
  const draft = `${file}.${process.pid}`;
  writeFileSync(draft, `${JSON.stringify(known, null, 2)}\n`, { mode: 0o600 });
  renameSync(draft, file);
}
