import type { InputBlock, ModalView } from '@slack/types';
import {
  type PersonSettings,
  type QuietFault,
  quietHours,
  readTime,
  timeOf,
  WAYS,
  type Ways,
} from '../core/quiet.ts';
import { bold, code, lines, type Message, richText, said, section, text } from './blocks.ts';
import { plain } from './modals.ts';
import { chosen, option, ticked, type Values } from './rule-fields.ts';

export const ME = 'me';
export const ME_TITLE = 'How you are told';

/** What the modal carries to its submission. */
export interface MeCarried {
  channel: string | null;
  timeZone: string | null;
}

const USUAL = { from: 22 * 60, to: 7 * 60 };
const WAY_WORDS: Record<Ways, string> = { slack: 'Slack message', email: 'E-mail', both: 'Both' };
const TOLD: Record<Ways, string> = {
  slack: 'by Slack message',
  email: 'by e-mail',
  both: 'by Slack message and e-mail',
};

export const QUIET_FAULTS: Record<QuietFault, string> = {
  'not-hours': 'Quiet hours are two times, such as 22:00-07:00.',
  empty: 'Quiet hours end at another time than they begin.',
};
const NOTES = [
  'Cards still appear in channels; emergencies and pages from the on-call provider still come through.',
  'When everybody on a step wants quiet, the next step is taken at once.',
].join(' ');
const NO_MAIL = 'This gate does not send e-mail, so you are told in Slack.';
const NO_ZONE = 'Slack does not say your time zone: quiet hours begin to hold when it does.';

/** What the settings of a person are now. */
export function settingsMessage({ quiet, timeZone, ways }: PersonSettings, sendsMail: boolean): Message {
  const hours = quiet ? `${timeOf(quiet.from)} to ${timeOf(quiet.to)}` : 'none';
  const zone = quiet && timeZone ? `, ${said(timeZone, 60)}` : '';
  return {
    text: ME_TITLE,
    blocks: [
      richText(
        lines(
          [bold('Quiet hours: '), text(`${hours}${zone}`)],
          [bold('You are told '), text(TOLD[ways])],
          quiet && timeZone === null ? [text(NO_ZONE)] : [],
          ways !== 'slack' && !sendsMail ? [text(NO_MAIL)] : [],
          quiet ? [text(NOTES)] : [],
        ),
      ),
    ],
  };
}

export const meHelp = (why: string): Message => ({
  text: why,
  blocks: [
    richText(
      section(
        text(`${why} Type `),
        code('/gate me'),
        text(', '),
        code('/gate me quiet 22:00-07:00'),
        text(', '),
        code('/gate me quiet off'),
        text(', or '),
        code('/gate me ways slack|email|both'),
        text('.'),
      ),
    ),
  ],
});

/** Shows a person's settings, and changes them. */
export function meModal(settings: PersonSettings, carried: MeCarried, sendsMail: boolean): ModalView {
  const { from, to } = settings.quiet ?? USUAL;
  return {
    type: 'modal',
    callback_id: ME,
    private_metadata: JSON.stringify(carried),
    title: plain(ME_TITLE),
    submit: plain('Save'),
    close: plain('Cancel'),
    blocks: [
      quietField(settings.quiet !== null),
      timeField('from', 'From', from, carried.timeZone),
      timeField('to', 'Until', to, carried.timeZone),
      richText(lines([text(NOTES)], carried.timeZone === null ? [text(NO_ZONE)] : [])),
      waysField(settings.ways, sendsMail),
    ],
  };
}

const QUIET_ON = option('Send me nothing between these times', 'on');
const quietField = (isOn: boolean): InputBlock => ({
  type: 'input',
  block_id: 'quiet',
  optional: true,
  label: plain('Quiet hours'),
  element: {
    type: 'checkboxes',
    action_id: 'quiet',
    options: [QUIET_ON],
    ...(isOn && { initial_options: [QUIET_ON] }),
  },
});

const timeField = (id: string, label: string, at: number, timeZone: string | null): InputBlock => ({
  type: 'input',
  block_id: id,
  label: plain(label),
  element: {
    type: 'timepicker',
    action_id: id,
    initial_time: timeOf(at),
    ...(timeZone && { timezone: timeZone }),
  },
});

const wayOption = (way: Ways) => option(WAY_WORDS[way], way);
const waysField = (ways: Ways, sendsMail: boolean): InputBlock => ({
  type: 'input',
  block_id: 'ways',
  label: plain('How to reach you'),
  ...(!sendsMail && { hint: plain(NO_MAIL) }),
  element: {
    type: 'radio_buttons',
    action_id: 'ways',
    options: WAYS.map(wayOption),
    initial_option: wayOption(ways),
  },
});

/** What a submitted modal says; or what is wrong, by field. */
export function readMeModal(
  values: Values,
): { quiet: PersonSettings['quiet']; ways: Ways } | { errors: Record<string, string> } {
  const ways = WAYS.find((way) => way === chosen(values, 'ways'));
  if (!ways) return { errors: { ways: 'Pick one.' } };
  if (!ticked(values, 'quiet').includes('on')) return { quiet: null, ways };
  const [from, to] = [timeIn(values, 'from'), timeIn(values, 'to')];
  if (from === null || to === null) return { errors: { from: QUIET_FAULTS['not-hours'] } };
  const quiet = quietHours(from, to);
  return typeof quiet === 'string' ? { errors: { to: QUIET_FAULTS[quiet] } } : { quiet, ways };
}

const timeIn = (values: Values, field: string): number | null =>
  readTime(String(values[field]?.[field]?.selected_time ?? ''));
