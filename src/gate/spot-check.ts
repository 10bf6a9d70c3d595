import { createHmac, type KeyObject } from 'node:crypto';
import type { RuleRow } from '../store/rules.ts';
import type { Deps } from './deps.ts';

/** Long enough that asking again and again leads nowhere, short enough to hold up nobody's morning. */
const WINDOW_MS = 15 * 60_000;

/**
 * Is what these rules cover shown to people this time? Only what nights suggested is checked so: a person wrote the
 * others. Decided for the rules and the token, not for the command, by a hash whose key only the gate has: who asks can
 * neither tell nor get another answer by changing a word.
 */
export function isSpotCheck(
  deps: Pick<Deps, 'learning' | 'signingKey' | 'canAsk'>,
  rules: readonly RuleRow[],
  given: { requester: string; now: number; insideOfficeHours: boolean | null },
): boolean {
  const { spotChecks } = deps.learning;
  const suggested = rules.filter(({ source }) => source === 'suggested').map(({ id }) => id);
  if (spotChecks === 0 || suggested.length === 0 || !deps.canAsk) return false;
  // Outside office hours nobody would answer, and what was routine would be denied.
  if (given.insideOfficeHours === false) return false;
  const window = Math.floor(given.now / WINDOW_MS);
  const hash = createHmac('sha256', keyOf(deps.signingKey.privateKey))
    .update(JSON.stringify(['spot check', [...suggested].sort(), given.requester, window]))
    .digest();
  return hash.readUIntBE(0, 6) / 2 ** 48 < spotChecks;
}

const keys = new WeakMap<KeyObject, Buffer>();

function keyOf(privateKey: KeyObject): Buffer {
  const known = keys.get(privateKey);
  if (known) return known;
  const key = createHmac('sha256', privateKey.export({ type: 'pkcs8', format: 'der' }))
    .update('gatehouse spot checks')
    .digest();
  keys.set(privateKey, key);
  return key;
}
