import { redactText } from '../core/command/redact.ts';
import { cut } from '../core/command/said.ts';
import { hasRightToLeft, mixedScripts, visible } from '../core/command/visible.ts';
import type { EnvironmentColor } from '../core/environment.ts';
import type { RiskLevel } from '../core/risk/assessment.ts';
import { frame, type MailBody, type MailContent } from './mail-frame.ts';
import { line } from './plain.ts';

/** What a mail about a request is made of. */
export interface MailFacts {
  /**
   * `asked`: it waits for this reader. `ended`: what became of it. `storm`: many wait, this is the riskiest.
   * `retrospective`: it was approved as an emergency and somebody has to write down what happened.
   */
  kind: 'asked' | 'ended' | 'storm' | 'retrospective';
  environment: { name: string; color: EnvironmentColor };
  /** Redacted already. */
  command: string;
  risk: { level: RiskLevel; score: number; reasons: string[] };
  requester: string;
  /** Why they ask, in their words. */
  reason: string | null;
  /** Only the emergency list of its environment may approve it. */
  emergency?: boolean;
  /** Until when it waits, or the retrospective is due. */
  until: Date;
  /** IANA zone in which the reader is told the time. */
  timeZone: string;
  url: string;
  /** How many requests wait beside this one. */
  others: number;
  /** How it ended, in words such as `approved by Ana`. */
  ending: string | null;
}

const MAX_COMMAND = 1500;
const MAX_REASONS = 5;

/** The mail about a request. Pure; everything in it that is not ours is redacted, made visible, escaped and cut. */
export const mailText = (facts: MailFacts): MailBody => frame(content(facts));

function content(facts: MailFacts): MailContent {
  const { environment } = facts;
  const common = {
    environment,
    risk: facts.risk.level,
    url: facts.url,
    command: shownCommand(facts.command),
  };
  const who = line(facts.requester, 80) || 'Somebody';
  const short = line(facts.command, 300);
  const alarm = facts.emergency ? 'EMERGENCY, ' : '';
  const asked = `[${environment.name}] ${alarm}${facts.risk.level} risk, approve? ${short}`;
  const until = localTime(facts.until, facts.timeZone);
  switch (facts.kind) {
    case 'asked':
      return {
        ...common,
        subject: asked,
        isFollowUp: false,
        headline: `${who} asks to run this`,
        next: `${facts.emergency ? 'This is an emergency: only its emergency list may approve it. ' : ''}Nobody has answered yet. Open the page, read the command, then approve or deny there. Without an answer it is denied at ${until}.`,
        facts: [...about(facts), ['Waits until', until], ...others(facts.others)],
        button: 'Open the decision page',
      };
    case 'ended':
      return {
        ...common,
        subject: asked,
        isFollowUp: true,
        headline: `It is over: ${line(facts.ending ?? 'decided', 200)}`,
        next: 'There is nothing left to do.',
        facts: [...about(facts), ...others(facts.others)],
        button: 'See what happened',
      };
    case 'storm':
      return {
        ...common,
        subject: `[${environment.name}] ${waiting(facts.others + 1)}, ${facts.risk.level} risk`,
        isFollowUp: false,
        headline: waiting(facts.others + 1),
        next: `Nobody has answered them yet. Above is the riskiest. Open the page to see them all, then approve or deny there. The first is denied at ${until} without an answer.`,
        facts: [...about(facts), ['The first waits until', until]],
        button: 'See them all',
      };
    case 'retrospective':
      return {
        ...common,
        subject: `[${environment.name}] Look back at an emergency: ${short}`,
        isFollowUp: false,
        headline: 'An emergency wants its look back',
        next: `This was approved as an emergency${facts.ending ? ` (${line(facts.ending, 100)})` : ''}. Open the page and write what happened, what was done, and what should change. It is due at ${until}.`,
        facts: [...about(facts), ['Due', until]],
        button: 'Write the look back',
      };
  }
}

function about({ risk, requester, reason, command }: MailFacts): [string, string][] {
  const reasons = risk.reasons.slice(0, MAX_REASONS).map((why) => `· ${line(why, 200)}`);
  if (risk.reasons.length > MAX_REASONS) reasons.push(`· and ${risk.reasons.length - MAX_REASONS} more`);
  return [
    ...warnings(command),
    ['Risk', [`${risk.level}, ${risk.score} of 100`, ...reasons].join('\n')],
    ['Asked by', line(requester, 80) || 'somebody'],
    ...(reason ? [['Why', line(reason, 500)] as [string, string]] : []),
  ];
}

const waiting = (count: number): string => `${count} ${count === 1 ? 'request waits' : 'requests wait'}`;

const others = (count: number): [string, string][] =>
  count > 0 ? [['Also waiting', `${count} other ${count === 1 ? 'request' : 'requests'}`]] : [];

/** Letters that look like others, written out. */
function warnings(command: string): [string, string][] {
  const alike = mixedScripts(command)
    .slice(0, 3)
    .map((word) => line(word.replace(/[^\0-\x7f]/gu, codeOf), 120));
  return [
    ...(alike.length > 0
      ? [['Careful: letters of another alphabet', alike.join('\n')] as [string, string]]
      : []),
    ...(hasRightToLeft(command)
      ? [['Careful', 'It holds letters that are written from right to left.'] as [string, string]]
      : []),
  ];
}

const codeOf = (character: string): string =>
  `(U+${character.codePointAt(0)!.toString(16).toUpperCase().padStart(4, '0')})`;

/** Both ends of a long command: what was appended stays in sight. The page shows all of it. */
function shownCommand(command: string): string {
  const all = visible(redactText(command));
  if (all.length <= MAX_COMMAND) return all;
  const tail = all.slice(-MAX_COMMAND / 3).replace(/^[\udc00-\udfff]/, '');
  const head = cut(all, MAX_COMMAND - tail.length);
  const left = all.length - head.length - tail.length + 1;
  return `${head}\n(${left} characters left out: the page shows them)\n…${tail}`;
}

/** `Tue 25 Nov, 14:02 Europe/Berlin (GMT+1)`: the offset tells apart the hour that comes twice in autumn. */
export function localTime(at: Date, timeZone: string): string {
  const parts = new Intl.DateTimeFormat('en-GB', {
    timeZone,
    weekday: 'short',
    day: 'numeric',
    month: 'short',
    hour: '2-digit',
    minute: '2-digit',
    hourCycle: 'h23',
    timeZoneName: 'shortOffset',
  }).formatToParts(at);
  const part = (type: string): string => parts.find((one) => one.type === type)?.value ?? '';
  const day = `${part('weekday')} ${part('day')} ${part('month')}`;
  const offset = part('timeZoneName').replace(/^GMT[+-]0$/, 'GMT');
  return `${day}, ${part('hour')}:${part('minute')} ${timeZone} (${offset})`;
}
