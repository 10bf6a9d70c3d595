import { REDACTED, redactText } from '../core/command/redact.ts';
import { cut } from '../core/command/said.ts';
import { visible } from '../core/command/visible.ts';
import type { Page } from './on-call.ts';

/** One line of somebody's words: secrets out, what hides or reorders is written out, line breaks cannot fake a line. */
export const line = (words: string, max: number): string =>
  cut(visible(redactText(words)).replace(/\s+/g, ' ').trim(), max);

/** A line for a product that reads HTML or Markdown: no tag, link or picture can be made of it. */
export const inert = (words: string): string =>
  words.replaceAll('<', '‹').replaceAll('>', '›').replaceAll('](', '] (');

export const inertLine = (words: string, max: number): string => cut(inert(line(words, max)), max);

/** What a provider said, without the secrets it was told. */
export function quoted(words: string, secrets: readonly string[]): string {
  const known = secrets.filter((secret) => secret.length >= 4);
  return line(
    known.reduce((text, secret) => text.replaceAll(secret, REDACTED), words),
    200,
  );
}

/** The facts of a page for people, as names and values. Bounded, whatever it was given. */
export function pageFacts(page: Page): [string, string][] {
  const details = Object.entries(page.details).slice(0, 20);
  return [
    ['Environment', line(page.environment, 100)],
    ['Risk', page.level],
    ...(page.waiting > 1 ? [['Waiting', `${page.waiting} requests`] as [string, string]] : []),
    ...details.map(([name, value]): [string, string] => [line(name, 60), line(value, 500)]),
  ];
}

/** A page that is over, also when nobody said how. */
export const asEnded = (page: Page): Page => ({ ...page, ending: page.ending ?? 'decided' });

/** What there is to do, in one sentence. */
export function nextStep({ ending, waiting }: Page): string {
  if (ending !== null) return `It is over: ${line(ending, 200)}. There is nothing left to do.`;
  // Nothing waits for a decision: an emergency was approved and nobody has looked back at it.
  if (waiting === 0) return 'Have the retrospective given: its card in Slack has the button.';
  return `Open the page, read ${waiting > 1 ? 'the commands' : 'the command'}, then approve or deny there.`;
}

/** A page as lines of plain text. */
export const pageLines = (page: Page): string[] => [
  nextStep(page),
  ...(page.ending === null ? [page.url] : []),
  ...pageFacts(page).map(([name, value]) => `${name}: ${value}`),
  ...(page.ending === null && page.cardUrl ? [`The card in Slack: ${page.cardUrl}`] : []),
];
