import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { existsSync, linkSync, mkdirSync, readFileSync, unlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { type SigningKey, signingKeyFromPem } from '../core/proof/envelope.ts';
import type { Config } from './config.ts';

type Place = Pick<Config, 'dataDirectory' | 'signingKey' | 'adminToken'>;

/** The key that signs records: from GATE_SIGNING_KEY (PEM, or PEM in base64), else from the data directory, made at the first start. */
export function loadSigningKey(config: Place): SigningKey {
  if (config.signingKey) {
    const pem = config.signingKey.includes('-----BEGIN')
      ? config.signingKey.replaceAll('\\n', '\n')
      : Buffer.from(config.signingKey, 'base64').toString('utf8');
    return signingKeyFromPem(pem);
  }
  const make = () =>
    generateKeyPairSync('ed25519').privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
  return signingKeyFromPem(readOrMake(config.dataDirectory, 'signing-key.pem', make).text);
}

/** The first administrator's token: from GATE_ADMIN_TOKEN, else from the data directory, made at the first start. */
export function loadAdminToken(config: Place): { token: string; file: string | null; made: boolean } {
  if (config.adminToken) return { token: config.adminToken, file: null, made: false };
  const make = () => `gate_${randomBytes(32).toString('base64url')}\n`;
  const { text, file, made } = readOrMake(config.dataDirectory, 'admin-token', make);
  return { token: text.trim(), file, made };
}

/**
 * Reads a secret file, or makes it for this user alone. Two starters agree: the file appears whole, under its name,
 * for the first of them only.
 */
function readOrMake(
  directory: string,
  name: string,
  make: () => string,
): { text: string; file: string; made: boolean } {
  mkdirSync(directory, { recursive: true, mode: 0o700 });
  const file = path.join(directory, name);
  if (existsSync(file)) return { text: readFileSync(file, 'utf8'), file, made: false };
  const draft = `${file}.${randomBytes(6).toString('hex')}`;
  writeFileSync(draft, make(), { mode: 0o600, flag: 'wx' });
  let made = true;
  try {
    linkSync(draft, file);
  } catch (e) {
    if ((e as NodeJS.ErrnoException).code !== 'EEXIST') throw e;
    made = false;
  } finally {
    unlinkSync(draft);
  }
  return { text: readFileSync(file, 'utf8'), file, made };
}
