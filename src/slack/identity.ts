import type { WebClient } from '@slack/web-api';

/** Who the bot is, in which workspace. */
export interface Identity {
  teamId: string;
  team: string;
  /** Set on Enterprise Grid: its people may come from any workspace of the organisation. */
  enterpriseId: string | null;
  botUserId: string;
  botId: string | null;
  /** Slack tells it only for some tokens. */
  appId: string | null;
}

/** Asks Slack who the token belongs to. */
export async function readIdentity(client: WebClient): Promise<Identity> {
  const said = await client.auth.test();
  if (!said.team_id || !said.user_id) throw new Error('auth.test did not say whose token this is');
  return {
    teamId: said.team_id,
    team: said.team ?? said.team_id,
    enterpriseId: said.enterprise_id ?? null,
    botUserId: said.user_id,
    botId: said.bot_id ?? null,
    appId: typeof said.app_id === 'string' ? said.app_id : null,
  };
}

/** Does this belong to our workspace, or to our organisation? Not knowing is no. */
export function isOurs(
  identity: Identity,
  place: { teamId?: string | null; enterpriseId?: string | null },
): boolean {
  const { teamId, enterpriseId } = identity;
  if (place.teamId && (place.teamId === teamId || place.teamId === enterpriseId)) return true;
  return enterpriseId !== null && place.enterpriseId === enterpriseId;
}
