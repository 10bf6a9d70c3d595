import {
  createHash,
  createPrivateKey,
  createPublicKey,
  sign as cryptoSign,
  verify as cryptoVerify,
  type KeyObject,
} from 'node:crypto';

/** A DSSE envelope (secure-systems-lab/dsse, version 1.0.2). Payload and signatures are base64. */
export interface Envelope {
  payload: string;
  payloadType: string;
  signatures: { keyid: string; sig: string }[];
}

export const PAYLOAD_TYPE = 'application/vnd.in-toto+json';

/** A key that signs records, with the id that names it: the first 16 hex digits of SHA-256 over its raw bytes. */
export interface SigningKey {
  id: string;
  privateKey: KeyObject;
  /** Raw 32 bytes, base64. */
  publicKey: string;
}

/** The bytes a DSSE signature covers. */
export function preAuthEncoding(type: string, body: Buffer): Buffer {
  return Buffer.concat([Buffer.from(`DSSEv1 ${Buffer.byteLength(type)} ${type} ${body.length} `), body]);
}

/** Signs a payload, byte for byte, into an envelope. */
export function seal(payload: string, key: SigningKey): Envelope {
  const body = Buffer.from(payload, 'utf8');
  const sig = cryptoSign(null, preAuthEncoding(PAYLOAD_TYPE, body), key.privateKey);
  return {
    payload: body.toString('base64'),
    payloadType: PAYLOAD_TYPE,
    signatures: [{ keyid: key.id, sig: sig.toString('base64') }],
  };
}

/**
 * The payload of an envelope that one of these keys signed (raw 32 bytes, base64), or null.
 * `keyid` is an unauthenticated hint, so every given key is tried.
 */
export function open(envelope: Envelope, publicKeys: string[]): { payload: string; keyId: string } | null {
  if (envelope.payloadType !== PAYLOAD_TYPE) return null;
  const body = Buffer.from(envelope.payload, 'base64');
  const signed = preAuthEncoding(envelope.payloadType, body);
  for (const publicKey of publicKeys) {
    const key = publicKeyObject(publicKey);
    const good = envelope.signatures.some((s) =>
      cryptoVerify(null, signed, key, Buffer.from(s.sig, 'base64')),
    );
    if (good) return { payload: body.toString('utf8'), keyId: keyIdOf(publicKey) };
  }
  return null;
}

/** The id of a public key (raw 32 bytes, base64). */
export const keyIdOf = (publicKey: string): string =>
  createHash('sha256').update(Buffer.from(publicKey, 'base64')).digest('hex').slice(0, 16);

/** SHA-256 of an envelope's signed bytes, as records refer to each other: `sha256:<hex>`. */
export const hashOf = (envelope: Envelope): string =>
  `sha256:${createHash('sha256')
    .update(preAuthEncoding(envelope.payloadType, Buffer.from(envelope.payload, 'base64')))
    .digest('hex')}`;

/** Reads an Ed25519 private key in PEM. Throws with a message for the operator when it is something else. */
export function signingKeyFromPem(pem: string): SigningKey {
  const privateKey = createPrivateKey(pem);
  if (privateKey.asymmetricKeyType !== 'ed25519') {
    throw new Error(`the signing key is ${privateKey.asymmetricKeyType}, expected ed25519`);
  }
  const jwk = createPublicKey(privateKey).export({ format: 'jwk' });
  const publicKey = Buffer.from(jwk.x as string, 'base64url').toString('base64');
  return { id: keyIdOf(publicKey), privateKey, publicKey };
}

/**
 * A public key as people and machines write it down (raw base64 or base64url, PEM, or JWK) → raw 32 bytes in
 * base64. Throws when it is no Ed25519 key.
 */
export function readPublicKey(text: string): string {
  const trimmed = text.trim();
  if (trimmed.startsWith('-----BEGIN')) {
    const jwk = createPublicKey(trimmed).export({ format: 'jwk' });
    if (jwk.crv !== 'Ed25519') throw new Error('not an Ed25519 key');
    return Buffer.from(jwk.x as string, 'base64url').toString('base64');
  }
  const raw = trimmed.startsWith('{') ? ((JSON.parse(trimmed) as { x?: string }).x ?? '') : trimmed;
  const bytes = Buffer.from(raw, raw.includes('-') || raw.includes('_') ? 'base64url' : 'base64');
  if (bytes.length !== 32) throw new Error(`an Ed25519 public key has 32 bytes, this one ${bytes.length}`);
  return bytes.toString('base64');
}

const publicKeyObject = (publicKey: string): KeyObject =>
  createPublicKey({
    key: { kty: 'OKP', crv: 'Ed25519', x: Buffer.from(publicKey, 'base64').toString('base64url') },
    format: 'jwk',
  });
