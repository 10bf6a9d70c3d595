import type { RequestBody } from '../api.ts';
import { terminalSafe } from '../core/command/visible.ts';
import { duration } from '../core/duration.ts';
import { reachInWords } from '../core/reach.ts';
import { listed } from './ending.ts';

export type Rows = [name: string, value: string | null | undefined][];

/** One line of anybody's text, safe to print: controls are shown, line breaks are blanks. */
export const oneLine = (text: string): string => terminalSafe(text.replace(/[\n\t]+/g, ' '));

/** Names in one column, values in the next, under each other; empty values are left out. */
export function aligned(rows: Rows, indent = ''): string {
  const shown = rows.filter((row): row is [string, string] => Boolean(row[1]));
  const width = Math.max(...shown.map(([name]) => name.length)) + 2;
  const lines = shown.map(([name, value]) => {
    const [first, ...rest] = terminalSafe(value).replaceAll('\t', '  ').split('\n');
    const start = `${indent}${name.padEnd(width)}`;
    return [`${start}${first}`, ...rest.map((line) => `${' '.repeat(start.length)}${line}`)].join('\n');
  });
  return `${lines.join('\n')}\n`;
}

/** What a person who waits is told at first: what was asked, whom, until when, and where to look. */
export function askedRows(request: RequestBody, command: string, now: number): Rows {
  const { asked } = request;
  const needed = asked.approvals_needed > 1 ? `, ${asked.approvals_needed} approvals needed` : '';
  return [
    ['command', shortened(command)],
    ['risk', riskWords(request)],
    ['asked', `${asked.reviewers}${asked.channel ? ` in ${asked.channel}` : ''}${needed}`],
    ['reach', asked.reach && reachWords(asked.reach)],
    ['until', `${clockTime(request.expires_at)} (${timeLeft(request, now)})`],
    ['page', request.url],
    ['problem', asked.problem],
  ];
}

/** What the runbook says of commands like it, one line each: read it before anybody is asked for nothing. */
export const noteLines = ({ notes }: RequestBody): string[] => notes.map(oneLine);

export const READ_FIRST = 'read this first, from the runbook';

/** Said first, and after the approval once more: whoever calls an emergency knows what it costs. */
export const emergencyWords = ({ environment }: RequestBody): string =>
  `EMERGENCY in ${oneLine(environment)}: only the emergency list of ${oneLine(environment)} may approve; a retrospective is due within 24 hours`;

export const RETROSPECTIVE_DUE =
  'a retrospective is due within 24 hours: the card in Slack has the button; until then you open no other emergency';

/** `MEDIUM (45): restarts a running service` */
export function riskWords({ assessment }: RequestBody): string {
  const why = assessment.reasons.map((reason) => reason.why).slice(0, 3);
  return [`${assessment.level} (${assessment.score})`, why.join('; ')].filter(Boolean).join(': ');
}

/** What is new between two versions, one line each; nothing when it is nothing a person waits for. */
export function newsLines(before: RequestBody, now: RequestBody): string[] {
  const lines: string[] = [];
  if (now.asked.emergency && !before.asked.emergency) lines.push(`it was declared an ${emergencyWords(now)}`);
  if (now.asked.approvals.length > before.asked.approvals.length) lines.push(approvalsWords(now));
  if (now.asked.problem && now.asked.problem !== before.asked.problem) lines.push(now.asked.problem);
  if (before.asked.problem && !now.asked.problem) lines.push('people can see the request now');
  if (now.asked.reach && !before.asked.reach) lines.push(reachWords(now.asked.reach));
  lines.push(...toldLines(before, now));
  if (now.asked.looking && now.asked.looking !== before.asked.looking)
    lines.push(`${now.asked.looking} is looking at it`);
  lines.push(...questionLines(before, now));
  if (now.expires_at !== before.expires_at)
    lines.push(`there is time until ${clockTime(now.expires_at)} now`);
  if (now.url !== before.url) lines.push(`its page is now ${now.url}`);
  lines.push(...now.notes.filter((note) => !before.notes.includes(note)));
  return lines.map(oneLine);
}

/** `2 of 5 reviewers active, backups at 14:06, pager at 14:08` */
export const reachWords = (reach: NonNullable<RequestBody['asked']['reach']>): string =>
  reachInWords(reach, (at) => clockTime(at.toISOString()));

/** What was done to reach people since. */
function toldLines(before: RequestBody, now: RequestBody): string[] {
  return now.asked.told.flatMap((told, i) => {
    const known = before.asked.told[i];
    const news = known ? [] : [toldWords(told)];
    const problems = told.problems.filter((problem) => !known?.problems.includes(problem));
    const taken = told.taken_by !== null && !known?.taken_by ? [`${told.taken_by} has the page`] : [];
    return [...news, ...problems, ...taken];
  });
}

function toldWords({ what, people, nobody }: RequestBody['asked']['told'][number]): string {
  if (nobody !== null) return `${what}: nobody to tell, ${nobody}`;
  const done = what === 'pager' ? 'called' : 'told';
  return people.length > 0 ? `${what} ${done}: ${listed(people.slice(0, 5))}` : `${what} ${done}`;
}

function questionLines(before: RequestBody, now: RequestBody): string[] {
  return now.asked.questions.flatMap(({ by, text, answer }, i) => {
    const known = before.asked.questions[i];
    return [
      ...(known ? [] : [`${by} asks in Slack: ${text}`]),
      ...(answer !== null && !known?.answer ? [`answered: ${answer}`] : []),
    ];
  });
}

/** `1 of 2 approved, by Ana` */
export const approvalsWords = ({ asked }: RequestBody): string =>
  `${asked.approvals.length} of ${asked.approvals_needed} approved, by ${listed(asked.approvals.map((p) => p.name))}`;

export const timeLeft = (request: RequestBody, now: number): string =>
  `${duration(Math.max(0, Math.ceil((Date.parse(request.expires_at) - now) / 1000) * 1000))} left`;

/** In this machine's time, with its zone: logs are read elsewhere. */
export const clockTime = (at: string): string =>
  new Date(at).toLocaleTimeString('en-GB', { hour: '2-digit', minute: '2-digit', timeZoneName: 'short' });

function shortened(command: string): string {
  const lines = command.split('\n');
  const shown = lines.slice(0, 12).map((line) => (line.length > 500 ? `${line.slice(0, 500)}…` : line));
  return lines.length > 12 ? `${shown.join('\n')}\n… and ${lines.length - 12} more lines` : shown.join('\n');
}
