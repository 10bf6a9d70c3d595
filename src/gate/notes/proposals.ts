import { type BlockProposal, blockProposals, PROPOSAL_DAYS } from '../../core/runbook/proposal.ts';
import type { Db, Tx } from '../../store/database.ts';
import { denialsIn } from '../../store/who-decided.ts';
import type { Deps } from '../deps.ts';

/** What was denied so often in an environment that a policy could say so; nothing that a policy blocks already. */
export async function proposalsFor(
  db: Db | Tx,
  deps: Pick<Deps, 'policies'>,
  environment: string,
  only: { family?: string; projects?: string[] } = {},
): Promise<BlockProposal[]> {
  const denials = await denialsIn(db, { environment, ...only, days: PROPOSAL_DAYS });
  return blockProposals(denials, { environment, policies: deps.policies });
}
