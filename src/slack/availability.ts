import type { WebClient } from '@slack/web-api';
import { refusalCode } from './errors.ts';
import { kept } from './kept.ts';

const KEPT_MS = 60_000;
const WITHOUT_SCOPE_MS = 10 * 60_000;
/** As many as Slack tells of in one call. */
const DND_AT_ONCE = 50;

/** Who is at Slack now. Each of the two may be unknown without the other. */
export interface Availability {
  isActive(userId: string): Promise<boolean>;
  /** Do not disturb, of those of whom Slack tells it. */
  snoozed(userIds: readonly string[]): Promise<ReadonlyMap<string, boolean>>;
}

interface Dnd {
  dnd_enabled?: boolean;
  next_dnd_start_ts?: number;
  next_dnd_end_ts?: number;
}

export function openAvailability(client: WebClient): Availability {
  const known = new Map<string, { dnd: Promise<Dnd | undefined>; until: number }>();
  let askAgainAt = 0;

  const ask = async (users: string[]): Promise<Record<string, Dnd>> => {
    if (Date.now() < askAgainAt) return {};
    try {
      return (await client.dnd.teamInfo({ users: users.join(',') })).users ?? {};
    } catch (error) {
      // Installed without the scope, which is optional: not worth a call each time.
      if (refusalCode(error) !== 'missing_scope') throw error;
      askAgainAt = Date.now() + WITHOUT_SCOPE_MS;
      return {};
    }
  };
  const read = (users: string[]): void => {
    const answer = ask(users);
    for (const id of users) {
      const entry = { dnd: answer.then((all) => all[id]), until: Date.now() + KEPT_MS };
      known.set(id, entry);
      entry.dnd.catch(() => known.get(id) === entry && known.delete(id));
    }
  };
  return {
    isActive: kept(async (user) => (await client.users.getPresence({ user })).presence === 'active', KEPT_MS),
    snoozed: async (userIds) => {
      const asked = userIds.filter((id) => (known.get(id)?.until ?? 0) <= Date.now());
      for (let i = 0; i < asked.length; i += DND_AT_ONCE) read(asked.slice(i, i + DND_AT_ONCE));
      const answers = await Promise.allSettled(
        userIds.map(async (id) => [id, await known.get(id)?.dnd] as const),
      );
      const told = answers.flatMap((answer) => (answer.status === 'fulfilled' ? [answer.value] : []));
      return new Map(told.flatMap(([id, dnd]) => (dnd ? [[id, lasts(dnd)] as const] : [])));
    },
  };
}

/** `dnd_enabled` says that there is a stretch, now or later; a pause by hand shows as one that lasts. */
function lasts({ dnd_enabled, next_dnd_start_ts: start = 0, next_dnd_end_ts: end = 0 }: Dnd): boolean {
  const now = Date.now() / 1000;
  return dnd_enabled === true && start <= now && now < end;
}
