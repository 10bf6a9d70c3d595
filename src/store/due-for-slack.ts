import { sql } from 'drizzle-orm';
import type { Database } from './database.ts';

/** Milliseconds until something is to be brought to Slack: not positive when it is due, infinite when nothing waits. */
export interface UntilDue {
  cards: number;
  messages: number;
  posts: number;
}

const UNTIL = sql`(extract(epoch from min(greatest(next_at, coalesce(lease_until, next_at))) - now()) * 1000)::float8`;

/** When to take the next of each. Asked after every change, it takes one statement and writes nothing. */
export async function untilDue(database: Database): Promise<UntilDue> {
  const [due] = await database.rows<Record<keyof UntilDue, number | null>>(sql`
    select
      (select ${UNTIL} from cards where wanted_version > shown_version) as cards,
      (select ${UNTIL} from outbox where done_at is null and lane = 'slack') as messages,
      (select ${UNTIL} from learning_posts where done_at is null) as posts`);
  const never = Number.POSITIVE_INFINITY;
  return { cards: due?.cards ?? never, messages: due?.messages ?? never, posts: due?.posts ?? never };
}
