import { commandText } from '../core/command/command.ts';
import { REDACTED } from '../core/command/redact.ts';
import type { Json } from '../core/proof/canonical.ts';
import type { RequestRow } from '../store/requests.ts';

/** What every record about a request says of it. */
export function requestFacts(row: RequestRow): { [key: string]: Json | undefined } {
  const command = commandText(row.command);
  // Taken out by its client or by the gate: the digest binds the real bytes, which are not shown.
  const isRedacted = row.redacted || command.includes(REDACTED);
  return {
    requestId: row.id,
    requester: {
      subjectId: `token:${row.requester.tokenId}`,
      name: row.requester.tokenName,
      kind: row.requester.kind,
      actor: row.requester.actor,
      people: row.requester.people,
    },
    action: {
      salt: row.digestSalt,
      project: row.project,
      environment: row.environment,
      command,
      ...(isRedacted && { redacted: true }),
      cwd: row.cwd,
      program: row.program && { ...row.program },
    },
    risk: { score: row.assessment.score, level: row.assessment.level },
    ...(row.emergency && { emergency: true }),
  };
}
