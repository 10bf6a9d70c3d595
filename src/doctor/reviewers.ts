import type { Environment, Reviewers } from '../core/environment.ts';
import type { Step } from '../core/escalation.ts';
import type { Person } from '../core/people.ts';
import type { PersonSettings } from '../core/quiet.ts';
import { type ReviewersReached, reachOf } from '../core/reach.ts';
import { namesOf } from '../core/wording.ts';
import { failureOf, refusalCode } from '../slack/errors.ts';
import type { OpenedSlack } from '../slack/open.ts';
import { channelMembers, membersNamed } from '../slack/people.ts';
import { settingsOf } from '../store/people-settings.ts';
import { fault, note, ok, type Said } from './finding.ts';
import type { Site } from './site.ts';

/** Could somebody approve in this environment, now? Its emergency list and whoever its ladder tells, too. */
export async function lookAtReviewers(site: Site, environment: Environment): Promise<Said[]> {
  const slack = await site.slack();
  if (!slack || (await site.auth())?.is !== 'known') return [];
  const { reviewers, approvals, emergency, escalation } = environment;
  const usual = await lookAtList(slack, site, {
    environment,
    reviewers,
    needed: approvals,
    where: 'reviewers',
  });
  const alarm =
    emergency &&
    (await lookAtList(slack, site, {
      environment,
      reviewers: emergency.reviewers,
      needed: emergency.alone ? 1 : approvals,
      where: 'emergency',
    }));
  const steps = await Promise.all(escalation.steps.map((step) => lookAtStep(slack, environment, step)));
  return [
    ...usual,
    ...(alarm ?? []).filter(({ status }) => status !== 'ok').map(says('emergency: ')),
    ...steps.flat(),
  ];
}

/** Could somebody approve what this policy sends to people of its own? */
export async function lookAtPolicy(
  site: Site,
  { from, approvals, environment }: { from: Reviewers; approvals: number; environment: Environment },
): Promise<Said[]> {
  const slack = await site.slack();
  if (!slack || (await site.auth())?.is !== 'known') return [];
  return lookAtList(slack, site, { environment, reviewers: from, needed: approvals, where: 'from' });
}

interface List {
  environment: Environment;
  reviewers: Reviewers;
  needed: number;
  /** The key of the configuration that names them. */
  where: string;
}

async function lookAtList(slack: OpenedSlack, site: Site, list: List): Promise<Said[]> {
  const asked = { ...list.environment, reviewers: list.reviewers };
  const groups = await lookAtGroups(slack, list);
  if (groups.some(({ status }) => status === 'fault')) return groups;
  const people = await slack.people.audience(asked, 'reviewers');
  if (people === null) return [...groups, await whyUnknown(slack, asked)];
  return [...groups, ...gone(people, list), ...(await judge(people, site, list))];
}

async function judge(people: Person[], site: Site, { environment, needed, where }: List): Promise<Said[]> {
  const able = people.filter(({ isGone }) => !isGone);
  const place =
    environment.reviewers === 'channel' && where === 'reviewers' ? environment.channel : `"${where}"`;
  if (able.length < needed) {
    const says =
      able.length === 0
        ? 'nobody could approve: no full member of this workspace is among them'
        : `${needed} approvals are needed, and only ${namesOf(able)} could give one`;
    const mend =
      where === 'reviewers' && environment.reviewers === 'channel'
        ? `invite full members to ${place}, or name reviewers: { users: [U…], groups: [S…] }`
        : `name full members of this workspace in ${place}`;
    return [fault(says, mend)];
  }
  const settings = await settingsIn(site, able);
  const at = new Date();
  const reach = reachOf({
    reviewers: able,
    askedBy: [],
    settings,
    steps: [],
    at,
    expiresAt: new Date(at.getTime() + 1),
  });
  return judgeReach(able, reach.reviewers, { environment, needed, where });
}

function judgeReach(
  able: Person[],
  reached: ReviewersReached | null,
  { environment, needed, where }: Pick<List, 'environment' | 'needed' | 'where'>,
): Said[] {
  const { active = 0, likely = 0, unknown = 0 } = reached ?? {};
  const here = unknown === able.length ? 'Slack does not say who is there' : thereNow(active, likely);
  const says = `${able.length} could approve, ${needed} needed; ${here}`;
  const notes: Said[] = [];
  if (able.length === needed) {
    const who = namesOf(able);
    notes.push(
      note(
        `only ${who} could approve, so nobody could when ${able.length === 1 ? 'they ask' : 'one of them asks'} or is away`,
        `add a reviewer${where === 'reviewers' ? '' : ` to "${where}"`}`,
      ),
    );
  }
  if (active + likely + unknown < needed && where === 'reviewers') notes.push(unattended(says, environment));
  return notes.length > 0 ? notes : [ok(says)];
}

const thereNow = (active: number, likely: number): string => {
  if (active + likely === 0) return 'nobody is there now';
  const words = active > 0 ? [`${active} active`] : [];
  return [...words, ...(likely > 0 ? [`${likely} probably there`] : [])].join(', ');
};

/** Nobody is there: what happens then? */
function unattended(says: string, { escalation: { steps, pageAtOnce } }: Environment): Said {
  if (steps.some(({ page }) => page !== null) || pageAtOnce)
    return note(`${says}; whoever is on call is paged`);
  if (steps.some(({ tell }) => tell !== null && tell !== 'reviewers'))
    return note(`${says}; backups are told`);
  return note(says, 'say who is told or paged while nobody answers: escalation, under the environment');
}

/** Quiet hours of people, as far as the database can be seen. */
async function settingsIn(site: Site, people: Person[]): Promise<Map<string, PersonSettings>> {
  const seen = await site.database();
  if (seen.is !== 'open') return new Map();
  const ids = people.map(({ userId }) => userId);
  // Not migrated yet: nobody has said anything.
  return settingsOf(seen.database.db, ids).catch(() => new Map());
}

async function lookAtGroups({ workspace }: OpenedSlack, { reviewers, where }: List): Promise<Said[]> {
  if (reviewers === 'channel') return [];
  const looked = reviewers.groups.map(async (group): Promise<Said[]> => {
    try {
      const users = await workspace.usersOf(group);
      return users.size > 0
        ? []
        : [note(`nobody is in the user group ${group}`, `fill it in Slack, or take it out of "${where}"`)];
    } catch (error) {
      return [unknownGroup(error, group, where)];
    }
  });
  return (await Promise.all(looked)).flat();
}

function unknownGroup(error: unknown, group: string, where: string): Said {
  switch (refusalCode(error)) {
    case 'no_such_subteam':
    case 'subteam_not_found':
      return fault(
        `there is no user group ${group}`,
        `mend its id in "${where}": in Slack, "More" of the group copies it`,
      );
    case 'missing_scope':
      return fault(
        `the user group ${group} cannot be read`,
        'the app lacks usergroups:read: install it again with the scopes of manifest.yml',
      );
    default:
      return fault(`the user group ${group} cannot be read: ${wordsOf(error)}`, 'try again');
  }
}

function gone(people: Person[], { reviewers, where }: List): Said[] {
  if (reviewers === 'channel') return [];
  const named = people.filter(({ isGone, userId }) => isGone && reviewers.users.includes(userId));
  if (named.length === 0) return [];
  const who = named.map(({ name, userId }) => (name === userId ? userId : `${name} (${userId})`)).join(', ');
  return [
    note(
      `cannot approve any more, or never could: ${who}`,
      `take them out of "${where}": they left, are guests, or are from elsewhere`,
    ),
  ];
}

async function lookAtStep(slack: OpenedSlack, environment: Environment, step: Step): Promise<Said[]> {
  if (step.tell === null || step.tell === 'reviewers') return [];
  const people = await slack.people.audience(environment, step.tell);
  const someone = step.tell.emails.length > 0 || (people ?? []).some(({ isGone }) => !isGone);
  if (someone || people === null) return [];
  const after = `${Math.round(step.afterSeconds / 60)} min`;
  return [
    note(`the step after ${after} tells nobody: it is taken at once with the next one`, 'mend whom it tells'),
  ];
}

async function whyUnknown({ workspace }: OpenedSlack, { channel, reviewers }: Environment): Promise<Said> {
  try {
    if (reviewers === 'channel') await channelMembers(workspace, channel);
    else await membersNamed(workspace, reviewers);
    return fault('Slack did not say in time who they are', 'try again');
  } catch (error) {
    const mend =
      reviewers === 'channel' ? `mend the channel first: ${channel}` : 'mend the list, or try again';
    return fault(`Slack does not say who could approve: ${wordsOf(error)}`, mend);
  }
}

function wordsOf(error: unknown): string {
  const failure = failureOf(error);
  if (failure.kind === 'refused') return failure.code;
  return failure.kind === 'unclear' ? failure.words : 'it asks to be called less often';
}

const says =
  (before: string) =>
  (one: Said): Said => ({ ...one, says: `${before}${one.says}` });
