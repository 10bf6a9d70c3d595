import { Misconfigured } from '../client.ts';
import { readPublicKey } from '../core/proof/envelope.ts';

const PEM = /-----BEGIN PUBLIC KEY-----[\s\S]+?-----END PUBLIC KEY-----/g;

/**
 * The keys in GATE_PUBLIC_KEY (raw, base64): base64, PEM, JWK or JWK Set; several, between blanks or commas, while the
 * gate changes its key.
 */
export function readPinnedKeys(text: string, name = 'GATE_PUBLIC_KEY'): string[] {
  // CI variables often hold a PEM in one line.
  const written = text.replaceAll('\\n', '\n').trim();
  try {
    const keys = (written.startsWith('{') ? fromJson(written) : fromText(written)).map(readPublicKey);
    if (keys.length > 0) return keys;
  } catch {
    // Said below: the text of a key is nothing to print.
  }
  throw new Misconfigured(
    `${name} is no Ed25519 public key`,
    'copy it from https://GATE/api/v1/keys (the value of "x"), or give it as PEM or JWK',
  );
}

const fromText = (text: string): string[] => [
  ...(text.match(PEM) ?? []),
  ...text
    .replace(PEM, ' ')
    .split(/[\s,]+/)
    .filter(Boolean),
];

function fromJson(text: string): string[] {
  const value = JSON.parse(text) as { keys?: unknown[] };
  return (value.keys ?? [value]).map((key) => JSON.stringify(key));
}
