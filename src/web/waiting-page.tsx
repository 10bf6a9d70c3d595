/** @jsxRuntime automatic @jsxImportSource hono/jsx */
import type { Context } from 'hono';
import { commandText } from '../core/command/command.ts';
import type { Environment } from '../core/environment.ts';
import { listRequests, type RequestRow } from '../store/requests.ts';
import { sessionOf } from './access.ts';
import { answerPage } from './document.tsx';
import { Countdown, Moment, Words } from './pieces.tsx';
import { signInToListPage } from './plain-pages.tsx';
import { type Session, touchSession } from './sessions.ts';
import { canSignIn, type Web } from './surroundings.ts';

const MOST_LISTED = 200;

/** `/requests`: what waits for a decision in the channels of whoever looks. A mail about a storm of requests leads here. */
export async function showWaiting(c: Context, web: Web): Promise<Response> {
  const session = canSignIn(web) ? await sessionOf(c, web) : null;
  if (!session) return signInToListPage(c, web);
  const { db } = web.deps.database;
  const environments = await seenBy(web, session);
  const waiting = await listRequests(db, {
    state: 'pending',
    environments: environments.map(({ name }) => name),
    limit: MOST_LISTED,
  });
  await touchSession(db, session);
  const colors = new Map(environments.map(({ name, color }) => [name, color]));
  const leading = waiting.filter(({ leaderId }) => leaderId === null);
  return answerPage(c, web, {
    title: 'Waiting',
    session,
    content: (
      <section class="waiting">
        <h1>{leading.length === 0 ? 'Nothing waits for you' : `Waiting: ${leading.length}`}</h1>
        <ul>
          {leading
            .toSorted((a, b) => a.expiresAt.getTime() - b.expiresAt.getTime())
            .map((row) => (
              <Waiting row={row} color={colors.get(row.environment) ?? 'red'} base={web.site.base} />
            ))}
        </ul>
        {waiting.length === MOST_LISTED && <p class="soft">And more: these are the newest.</p>}
      </section>
    ),
  });
}

async function seenBy({ deps }: Web, { who }: Session): Promise<Environment[]> {
  const all = [...deps.environments.values()];
  const sees = await Promise.all(all.map((one) => deps.people?.maySee(who, one) ?? false));
  return all.filter((_, index) => sees[index]);
}

const Waiting = ({ row, color, base }: { row: RequestRow; color: string; base: string }) => (
  <li class={`env-${color}`}>
    <a href={`${base}/requests/${row.id}`}>
      <span class="environment">{row.environment}</span>
      <code>
        <Words of={commandText(row.command)} max={160} />
      </code>
      <span class="soft">
        {row.assessment.level} risk · until <Moment at={row.expiresAt} /> <Countdown to={row.expiresAt} />
      </span>
    </a>
  </li>
);
