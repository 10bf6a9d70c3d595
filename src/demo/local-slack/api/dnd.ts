import type { Json } from '../checks.ts';
import { limits } from '../limits.ts';
import type { Person, Workspace } from '../workspace.ts';
import { zoneOffsetSeconds } from '../zones.ts';
import { type Method, optionalText, Refusal, refuseWith } from './method.ts';

const DAY_MS = 86_400_000;
type Span = { from: number; until: number };

/**
 * The stretch that lasts or comes next. Of others Slack tells no `snooze_*`: a pause by hand shows as the stretch
 * that lasts. `dnd_enabled` alone says only that there is one, now or later.
 */
function stretchOf(person: Person, now: number): Span | undefined {
  if (person.snooze && now < person.snooze.until) return person.snooze;
  return person.dnd && scheduled(person.dnd, person.tz ?? 'Etc/UTC', now);
}

function scheduled(dnd: { from: string; to: string }, timeZone: string, now: number): Span | undefined {
  const offset = zoneOffsetSeconds(timeZone, new Date(now)) * 1000;
  const midnight = Math.floor((now + offset) / DAY_MS) * DAY_MS - offset;
  const [from, to] = [msOfDay(dnd.from), msOfDay(dnd.to)];
  return [-DAY_MS, 0, DAY_MS]
    .map((day) => midnight + day + from)
    .map((start) => ({ from: start, until: start + (to > from ? to - from : to - from + DAY_MS) }))
    .find(({ until }) => now < until);
}

function msOfDay(time: string): number {
  const [hours = 0, minutes = 0] = time.split(':').map(Number);
  return (hours * 60 + minutes) * 60_000;
}

function wireDnd({ now }: Workspace, person: Person): Json {
  const stretch = stretchOf(person, now());
  if (!stretch) return { dnd_enabled: false, next_dnd_start_ts: 1, next_dnd_end_ts: 1 };
  const seconds = (at: number) => Math.floor(at / 1000);
  return {
    dnd_enabled: true,
    next_dnd_start_ts: seconds(stretch.from),
    next_dnd_end_ts: seconds(stretch.until),
  };
}

const teamInfo: Method = ({ workspace, body }) => {
  const ids = (optionalText(body, 'users') ?? '').split(',').filter(Boolean);
  if (ids.length === 0) throw new Refusal('no_users_provided');
  // "For up to 50 users": which code refuses more is not documented.
  if (ids.length > limits.dndUsers)
    throw refuseWith('invalid_arguments', [
      `must not be more than ${limits.dndUsers} users [json-pointer:/users]`,
    ]);
  const found = ids.map((id) => workspace.people.get(id));
  if (!found.every((person) => person && !person.isStranger)) throw new Refusal('user_not_visible');
  return { users: Object.fromEntries(found.map((person) => [person!.id, wireDnd(workspace, person!)])) };
};

export const dndMethods: Record<string, Method> = { 'dnd.teamInfo': teamInfo };
