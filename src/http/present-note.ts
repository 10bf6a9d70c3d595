import type { NoteBody, ProposalBody } from '../api/notes.ts';
import type { BlockProposal } from '../core/runbook/proposal.ts';
import type { NoteRow } from '../store/runbook.ts';

/** A note as clients see it. */
export const presentNote = (row: NoteRow): NoteBody => ({
  id: row.id,
  version: row.version,
  environment: row.environment,
  project: row.project,
  family: row.family,
  target: row.target,
  text: row.text,
  author: { id: row.authorSubject, name: row.authorName },
  created_at: row.createdAt.toISOString(),
  edited_at: row.editedAt?.toISOString() ?? null,
  edited_by: row.editedByName,
  pinned: row.pinnedAt !== null,
  retired_at: row.retiredAt?.toISOString() ?? null,
  retired_by: row.retiredByName,
  request_id: row.requestId,
  denials: row.denials,
  denied_at: row.deniedAt?.toISOString() ?? null,
});

export const presentProposal = ({ topic, firstAt, lastAt, ...proposal }: BlockProposal): ProposalBody => ({
  environment: proposal.environment,
  family: topic.family,
  target: topic.target,
  denials: proposal.denials,
  first_at: firstAt.toISOString(),
  last_at: lastAt.toISOString(),
  reasons: proposal.reasons,
  policy: proposal.policy,
});
