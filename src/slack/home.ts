import type { App, BlockAction, ButtonAction } from '@slack/bolt';
import type { HomeView } from '@slack/types';
import type { Environment } from '../core/environment.ts';
import type { Voter } from '../core/request.ts';
import { timeNow } from '../gate/clock.ts';
import { environmentAsked, environmentOf } from '../gate/environment-asked.ts';
import { gateState, linksToCards, votedOn, waitingFirst } from '../store/at-home.ts';
import { type RequestRow, toRequest, votesOfAll } from '../store/requests.ts';
import { viewLadder } from '../store/steps.ts';
import { freshReads } from './directory.ts';
import {
  closedHome,
  HOME_OPEN,
  HOME_REFRESH,
  type HomeFacts,
  type HomeFound,
  homeView,
  MOST_DECIDED,
  MOST_WAITING,
} from './home-view.ts';
import { isReviewer, mayNeverDecide, personBehind } from './people.ts';
import type { Slack } from './slack.ts';
import type { SlackStatus } from './start.ts';

/** Of so many that wait, those that this person may decide are looked for. */
const LOOKED_AT = 200;

/** The app's home tab: drawn when somebody opens it, and when they press Refresh. */
export function listenToHome(app: App, slack: Slack, status: () => SlackStatus): void {
  // Slack tells of every look, in crowds: what is asked for meanwhile is drawn once.
  const draw = freshReads(async (userId: string) => {
    const view = await homeOf(slack, userId, status());
    await slack.client.views.publish({ user_id: userId, view });
  });
  const drawn = (userId: string): Promise<void> =>
    draw(userId).catch((error) => slack.deps.observe({ kind: 'fault', where: 'Slack: the home tab', error }));

  app.event('app_home_opened', async ({ event }) => {
    if (event.tab === 'home') await drawn(event.user);
  });
  app.action<BlockAction<ButtonAction>>(
    { action_id: HOME_REFRESH, type: 'block_actions' },
    async ({ ack, body }) => {
      await ack();
      await drawn(body.user.id);
    },
  );
  // The link opens by itself; Slack waits for an answer all the same.
  app.action({ action_id: HOME_OPEN, type: 'block_actions' }, async ({ ack }) => ack());
}

async function homeOf(slack: Slack, userId: string, { ok, team, problem }: SlackStatus): Promise<HomeView> {
  const person = await personBehind(slack, { userId, teamId: null, enterpriseId: null, name: userId });
  if (mayNeverDecide(person))
    return closedHome('Gatehouse shows requests to full members of this workspace only.');
  const facts: Omit<HomeFacts, 'found' | 'at'> = {
    slack: { ok, team: team ?? null, problem: problem ?? null },
    version: slack.deps.version,
  };
  try {
    return homeView({ ...facts, found: await findFor(slack, person), at: await timeNow(null, slack.deps) });
  } catch (error) {
    slack.deps.observe({ kind: 'fault', where: 'Slack: reading for the home tab', error });
    return homeView({ ...facts, found: null, at: new Date() });
  }
}

async function findFor(slack: Slack, person: Voter): Promise<HomeFound> {
  const { db, kind } = slack.deps.database;
  const mine = await decidable(slack, person);
  const decided = await votedOn(db, person.subject, MOST_DECIDED);
  const shown = mine.rows.slice(0, MOST_WAITING);
  const votes = await votesOfAll(
    db,
    shown.map(({ row }) => row.id),
  );
  const links = await linksToCards(db, [
    ...shown.map(({ row }) => row),
    ...decided.map(({ request }) => request),
  ]);
  const linkOf = (id: string): string => links.get(id) ?? `${slack.deps.url}/requests/${id}`;
  return {
    waiting: shown.map(({ row, environment }) => ({
      request: toRequest(row),
      votes: votes.get(row.id) ?? [],
      environment,
      link: linkOf(row.id),
    })),
    more: mine.rows.length - shown.length,
    isUnsure: mine.isUnsure,
    decided: decided.map(({ request, vote }) => ({
      request: toRequest(request),
      vote,
      link: linkOf(request.id),
    })),
    state: await gateState(db),
    database: kind,
  };
}

interface Decidable {
  rows: { row: RequestRow; environment: Environment }[];
  isUnsure: boolean;
}

/** What waits for this person: they may decide it, did not ask for it, and have not approved it yet. */
async function decidable(slack: Slack, person: Voter): Promise<Decidable> {
  const { db } = slack.deps.database;
  const waiting = await waitingFirst(db, [...slack.deps.environments.keys()], LOOKED_AT);
  const others = waiting.filter(({ requester }) => !requester.people.includes(person.userId));
  const votes = await votesOfAll(
    db,
    others.filter(({ approvalsNeeded }) => approvalsNeeded > 1).map(({ id }) => id),
  );
  const open = others.filter(({ id }) => !votes.get(id)?.some(({ subject }) => subject === person.subject));

  // The same people decide most of them: one question each.
  const answers = new Map<string, Promise<boolean | null>>();
  const decides = ({ name, reviewers, backups }: Environment): Promise<boolean | null> => {
    const key = JSON.stringify([name, reviewers, backups]);
    const environment = { ...environmentOf(slack.deps, name), reviewers, backups };
    const answer = answers.get(key) ?? isReviewer(slack, environment, person.userId).catch(() => null);
    answers.set(key, answer);
    return answer;
  };
  const judged = await Promise.all(
    open.map(async (row) => {
      const usual = environmentAsked(slack.deps, row);
      if (await decides(usual)) return { row, environment: usual, may: true };
      // Not a reviewer: a backup, perhaps, whom its ladder has told.
      const environment = environmentAsked(slack.deps, { ...row, ladder: await viewLadder(db, row) });
      return { row, environment, may: await decides(environment) };
    }),
  );
  return { rows: judged.filter(({ may }) => may), isUnsure: judged.some(({ may }) => may === null) };
}
