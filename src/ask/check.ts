import type { RequestBody } from '../api.ts';
import { digestOf } from '../core/command/digest.ts';
import { checkGrant, type GrantFault } from '../core/proof/grant.ts';
import type { Ending } from './ending.ts';
import { difference, type Facts } from './facts.ts';

/** The keys whose signature counts, and what to do when it is another's. */
export interface TrustedKeys {
  /** Raw, base64. */
  keys: string[];
  mend: string;
}

type Mismatch = Extract<Ending, { kind: 'mismatch' }>;

const ASK_AGAIN = 'look at what changed, then ask again';

/** Does the grant allow exactly what is about to run, now? Null: yes. */
export function checkApproval(
  request: RequestBody,
  asked: Facts,
  now: Facts,
  trusted: TrustedKeys,
): Mismatch | null {
  const mismatch = (fault: string, why: string, hint: string): Mismatch => ({
    kind: 'mismatch',
    request,
    fault,
    why,
    hint,
  });
  const changed = difference(asked, now);
  if (changed) return mismatch('other-command', changed, ASK_AGAIN);
  if (request.grant === null) {
    const isUsed = request.started_at !== null;
    const why = isUsed ? 'the approval has been used' : 'the approval was not used in time';
    return mismatch(
      isUsed ? 'used' : 'too-late',
      why,
      'ask again: an approval is good once, and not for long',
    );
  }
  const checked = checkGrant(request.grant, {
    requestId: request.id,
    digestWith: (salt) => digestOf(now, salt),
    publicKeys: trusted.keys,
    nowMs: Date.now(),
  });
  if (checked.good) return null;
  return mismatch(
    checked.fault,
    `${WHAT[checked.fault]} (${checked.detail})`,
    hintFor(checked.fault, trusted),
  );
}

const WHAT: Record<GrantFault, string> = {
  malformed: 'the approval cannot be read',
  'bad-signature': 'the signature on the approval is not good',
  'not-an-approval': 'the signed record is not an approval',
  'other-request': 'the approval is for another request',
  'other-command': 'the approval is for another command',
  'too-late': 'the approval is no longer good',
};

function hintFor(fault: GrantFault, trusted: TrustedKeys): string {
  if (fault === 'bad-signature') return trusted.mend;
  if (fault === 'too-late')
    return 'ask again; if you were quick, compare the clock of this machine with the gate’s';
  return 'do not run it by hand: tell whoever runs the gate, something between it and you changed the answer';
}
