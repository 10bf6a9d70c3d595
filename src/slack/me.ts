import type { App, SlashCommand, ViewSubmitAction } from '@slack/bolt';
import { DEFAULT_SETTINGS, type PersonSettings, readQuiet, WAYS } from '../core/quiet.ts';
import { setSettings } from '../gate/settings.ts';
import { settingsOf } from '../store/people-settings.ts';
import { type Asker, sentence, tell } from './answers.ts';
import type { Message } from './blocks.ts';
import { guarded } from './listeners.ts';
import { refusedPerson } from './may-ask.ts';
import {
  ME,
  ME_TITLE,
  type MeCarried,
  meHelp,
  meModal,
  QUIET_FAULTS,
  readMeModal,
  settingsMessage,
} from './me-modal.ts';
import { noticeModal } from './modals.ts';
import { readUser } from './people.ts';
import { valuesOf } from './rule-fields.ts';
import type { Slack, Workspace } from './slack.ts';

/** `/gate me`: a modal with what holds now. */
export async function openMe(slack: Slack, command: SlashCommand, asker: Asker): Promise<void> {
  const opened = await slack.client.views.open({
    trigger_id: command.trigger_id,
    view: noticeModal(ME_TITLE, sentence('One moment …')),
  });
  const refused = await refusedPerson(slack, command);
  const view = refused ? noticeModal(ME_TITLE, refused) : await modalNow(slack, asker);
  await slack.client.views.update({ view_id: opened.view?.id ?? '', view });
}

async function modalNow(slack: Slack, { userId, channel }: Asker) {
  const known = await settingsOf(slack.deps.database.db, [userId]);
  const carried = { channel, timeZone: await timeZoneOf(slack, userId) };
  return meModal(known.get(userId) ?? DEFAULT_SETTINGS, carried, slack.deps.mailer !== null);
}

/** `/gate me quiet …`, `/gate me ways …`: changes one thing and says what holds now. */
export async function meTyped(slack: Slack, userId: string, rest: string): Promise<Message> {
  const read = readMe(rest);
  if ('why' in read) return meHelp(read.why);
  const timeZone = await timeZoneOf(slack, userId);
  return saved(slack, await setSettings(slack.deps, userId, { ...read, timeZone }));
}

const saved = (slack: Slack, settings: PersonSettings): Message =>
  settingsMessage(settings, slack.deps.mailer !== null);

/** What was typed after `/gate me`, if anything. */
export function readMe(rest: string): Partial<PersonSettings> | { why: string } {
  const [, what = '', value = ''] = /^(\S+)\s*(.*)$/s.exec(rest.trim().toLowerCase()) ?? [];
  if (what === 'quiet' && value === 'off') return { quiet: null };
  if (what === 'quiet') {
    const quiet = readQuiet(value);
    return typeof quiet === 'string' ? { why: QUIET_FAULTS[quiet] } : { quiet };
  }
  if (what !== 'ways') return { why: 'That is none of your settings.' };
  const ways = WAYS.find((way) => way === value);
  return ways ? { ways } : { why: 'The ways are slack, email and both.' };
}

const timeZoneOf = async (workspace: Workspace, userId: string): Promise<string | null> =>
  (await readUser(workspace, userId)).tz ?? null;

/** The submitted modal of `/gate me`. */
export function listenToMe(app: App, slack: Slack): void {
  app.view<ViewSubmitAction>({ callback_id: ME, type: 'view_submission' }, async ({ ack, body, view }) => {
    const read = readMeModal(valuesOf(view));
    if ('errors' in read) return ack({ response_action: 'errors', errors: read.errors });
    await ack();
    const { channel, timeZone } = JSON.parse(view.private_metadata) as MeCarried;
    const asker = { userId: body.user.id, channel, responseUrl: null };
    await guarded(slack, ME, asker, async () => {
      const settings = await setSettings(slack.deps, asker.userId, { ...read, timeZone });
      await tell(slack, asker, saved(slack, settings));
    });
  });
}
