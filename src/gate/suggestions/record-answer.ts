import { createHash } from 'node:crypto';
import type { Json } from '../../core/proof/canonical.ts';
import type { RecordType } from '../../core/proof/record.ts';
import type { Tx } from '../../store/database.ts';
import { appendRecord } from '../../store/records.ts';
import type { SuggestionRow } from '../../store/suggestions.ts';
import type { Deps } from '../deps.ts';
import type { Author } from '../rules.ts';
import { announceAnswer } from './announce.ts';

/** Writes down what somebody made of a suggestion, with the rules they saw, and has the channel told. */
export async function recordAnswer(
  tx: Tx,
  deps: Deps,
  type: RecordType & `suggestion-${string}`,
  row: SuggestionRow,
  author: Author,
  more: { [key: string]: Json | undefined } = {},
) {
  const { id, family, kind, environment, project, version, body } = row;
  const facts = {
    suggestion: {
      id,
      version,
      family,
      kind,
      environment,
      project,
      rules: body.rules,
      replaces: body.replaces,
    },
    risk: body.risk,
    ...(row.words && { prompt: row.words.prompt, model: row.words.model }),
    ...(row.reason && { reason: row.reason }),
    by: { subjectId: author.subject, name: author.name },
    ...more,
  };
  const digest = createHash('sha256')
    .update(JSON.stringify([id, body.rules, body.replaces]))
    .digest('hex');
  // The record last: it takes the head of the chain until the transaction ends.
  await announceAnswer(tx, deps, row);
  return appendRecord(tx, deps, { type, subject: `suggestion/${id}`, digest, facts });
}
