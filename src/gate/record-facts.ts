import { commandText } from '../core/command/command.ts';
import type { Json } from '../core/proof/canonical.ts';
import type { RequestRow } from '../store/requests.ts';

/** What every record about a request says of it. */
export const requestFacts = (row: RequestRow): { [key: string]: Json | undefined } => ({
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
    command: commandText(row.command),
    ...(row.redacted && { redacted: true }),
    cwd: row.cwd,
    program: row.program && { ...row.program },
  },
  risk: { score: row.assessment.score, level: row.assessment.level },
  ...(row.emergency && { emergency: true }),
});
