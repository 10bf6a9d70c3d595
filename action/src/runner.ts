import { randomUUID } from 'node:crypto';
import { appendFileSync } from 'node:fs';
import { oneLine } from '../../src/ask/words.ts';

/** An input of the step; empty when it was not given. */
export const input = (name: string): string => (process.env[inputVariable(name)] ?? '').trim();

/** The variable in which the runner hands over an input. */
export const inputVariable = (name: string): string => `INPUT_${name.replaceAll(' ', '_').toUpperCase()}`;

/** What the main part of the step left for its post part. */
export const savedState = (name: string): string => process.env[`STATE_${name}`] ?? '';
export const saveState = (name: string, value: string): void => toFile('GITHUB_STATE', name, value);
export const setOutput = (name: string, value: string): void => toFile('GITHUB_OUTPUT', name, value);

/** HTML for the page of the run. */
export function addSummary(html: string): void {
  const file = process.env.GITHUB_STEP_SUMMARY;
  if (file) appendFileSync(file, `${html}\n`);
}

/** The value never shows in the log. */
export const mask = (secret: string): void => command('add-mask', {}, secret);

export const group = (title: string): void => command('group', {}, oneLine(title));
export const endGroup = (): void => command('endgroup', {}, '');

/** A note beside the run, in red. */
export const annotateError = (title: string, message: string): void =>
  command('error', { title: oneLine(title) }, oneLine(message));
export const annotateWarning = (title: string, message: string): void =>
  command('warning', { title: oneLine(title) }, oneLine(message));

/** Prints text that others wrote: the runner obeys no command in it. */
export function print(text: string): void {
  const token = randomUUID();
  process.stdout.write(`::stop-commands::${token}\n${text.replace(/\n?$/, '\n')}::${token}::\n`);
}

function command(name: string, properties: Record<string, string>, value: string): void {
  const pairs = Object.entries(properties).map(([key, text]) => `${key}=${escapeProperty(text)}`);
  process.stdout.write(`::${name}${pairs.length > 0 ? ` ${pairs.join(',')}` : ''}::${escapeValue(value)}\n`);
}

const escapeValue = (text: string): string =>
  text.replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A');
const escapeProperty = (text: string): string =>
  escapeValue(text).replaceAll(':', '%3A').replaceAll(',', '%2C');

/** The delimiter is random, so that no value can end itself and begin another. */
function toFile(variable: string, name: string, value: string): void {
  const file = process.env[variable];
  const delimiter = `end-${randomUUID()}`;
  if (file) appendFileSync(file, `${name}<<${delimiter}\n${value}\n${delimiter}\n`);
}
