import type { EnvironmentColor } from '../core/environment.ts';
import type { RiskLevel } from '../core/risk/assessment.ts';
import { line } from './plain.ts';

/** What a mail says. Callers' words come redacted and visible; here they are kept from becoming markup or links. */
export interface MailContent {
  subject: string;
  /** In the thread of an earlier mail with this subject: mail programs sort by it. */
  isFollowUp: boolean;
  environment: { name: string; color: EnvironmentColor | null };
  risk: RiskLevel;
  headline: string;
  /** What the reader does now. */
  next: string;
  command: string | null;
  facts: [name: string, value: string][];
  button: string;
  /** The only link. */
  url: string;
}

export interface MailBody {
  subject: string;
  text: string;
  html: string;
}

const MAX_SUBJECT = 120;
const FOOTER = 'Sent by Gatehouse. Nobody reads answers to this mail.';

/** A colour and the ink that can be read on it, in light and in dark. */
const PAINT: Record<EnvironmentColor | 'none', [ground: string, ink: string]> = {
  red: ['#b42318', '#ffffff'],
  orange: ['#b54708', '#ffffff'],
  yellow: ['#fde272', '#1f1f1f'],
  green: ['#067647', '#ffffff'],
  blue: ['#175cd3', '#ffffff'],
  purple: ['#6941c6', '#ffffff'],
  none: ['#475467', '#ffffff'],
};

/** A mail in both its forms, for a telephone first: one column, one link, nothing to load. */
export function frame(content: MailContent): MailBody {
  const { name, color } = content.environment;
  const sound = { ...content, environment: { name: line(name, 60), color } };
  return { subject: subjectOf(sound), text: textOf(sound), html: htmlOf(sound) };
}

const subjectOf = ({ subject, isFollowUp }: MailContent): string =>
  `${isFollowUp ? 'Re: ' : ''}${line(subject, MAX_SUBJECT - 4)}`;

function textOf({ environment, risk, headline, next, command, facts, button, url }: MailContent): string {
  const unlinked = (words: string) => words.replaceAll('://', '[:]//');
  return [
    `[${unlinked(environment.name)}, ${risk} risk] ${unlinked(headline)}`,
    ...(command === null ? [] : [unlinked(command).replace(/^/gm, '    ')]),
    unlinked(next),
    `${button}:\n${url}`,
    facts.map(([name, value]) => unlinked(`${name}: ${value}`)).join('\n'),
    `-- \n${FOOTER}`,
  ]
    .filter((part) => part !== '')
    .join('\n\n');
}

function htmlOf(content: MailContent): string {
  const { environment, risk, headline, next, command, facts, button, url } = content;
  const [ground, ink] = PAINT[environment.color ?? 'none'];
  const body = [
    `<p style="margin:0 0 12px"><span style="display:inline-block;padding:2px 10px;border-radius:4px;font-weight:bold;background:${ground};color:${ink}">${shown(environment.name)}</span> &nbsp;${risk} risk</p>`,
    `<h1 style="margin:0 0 12px;font-size:20px;line-height:1.3;overflow-wrap:anywhere">${shown(headline)}</h1>`,
    command === null ? '' : commandBlock(command),
    `<p style="margin:0 0 16px">${shown(next)}</p>`,
    `<p style="margin:0 0 20px"><a href="${escaped(url)}" style="display:block;padding:13px 16px;border-radius:6px;background:#175cd3;color:#ffffff;font-weight:bold;text-align:center;text-decoration:none">${shown(button)}</a></p>`,
    facts.length === 0 ? '' : factTable(facts),
    `<p style="margin:20px 0 0;font-size:13px;opacity:.75">${FOOTER}</p>`,
  ];
  return `<!doctype html>
<html lang="en" style="color-scheme:light dark">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="supported-color-schemes" content="light dark">
<meta name="format-detection" content="telephone=no, date=no, address=no, email=no, url=no">
<title>Gatehouse</title>
</head>
<body style="margin:0;padding:16px;color-scheme:light dark;font:16px/1.5 -apple-system,'Segoe UI',Roboto,Helvetica,Arial,sans-serif;-webkit-text-size-adjust:100%">
<div style="max-width:560px;margin:0 auto">
${body.filter((part) => part !== '').join('\n')}
</div>
</body>
</html>
`;
}

/** From left to right, whatever letters are in it: it is read in the order in which it would run. */
const commandBlock = (command: string): string =>
  `<pre dir="ltr" style="margin:0 0 16px;padding:12px;border-left:4px solid #98a2b3;background:rgba(128,128,128,.15);font:14px/1.5 ui-monospace,Menlo,Consolas,monospace;white-space:pre-wrap;overflow-wrap:anywhere;unicode-bidi:bidi-override">${shown(command)}</pre>`;

const factTable = (facts: [string, string][]): string => {
  const rows = facts.map(
    ([name, value]) =>
      `<p style="margin:0 0 8px;overflow-wrap:anywhere"><span style="font-size:13px;opacity:.75">${shown(name)}</span><br>${shown(value).replaceAll('\n', '<br>')}</p>`,
  );
  return `<div style="padding-top:16px;border-top:1px solid rgba(128,128,128,.4)">\n${rows.join('\n')}\n</div>`;
};

const ENTITIES: Record<string, string> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};
const escaped = (text: string): string => text.replace(/[&<>"']/g, (character) => ENTITIES[character]!);

/** Mail programs make links of what looks like an address; where markup parts it, they find none. */
const shown = (text: string): string =>
  escaped(text).replace(/:\/\/|@|(?<=[\p{L}\p{N}])\.(?=\p{L})/gu, (mark) => `<span>${mark}</span>`);
