import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import type { Json } from '../core/proof/canonical.ts';

export const PROMPTS = [
  'explain-command',
  'describe-suggestion',
  'summarise-notes',
  'cluster-reasons',
] as const;
export type PromptName = (typeof PROMPTS)[number];

/** One file of `prompts/`. */
export interface Prompt {
  /** `explain-command@1`: every text names it. */
  id: string;
  /** With `{{delimiter}}` where the lines around the data are named. */
  text: string;
}

const DIRECTORY = new URL('../../prompts/', import.meta.url);
const FRONT_MATTER = /^---\nversion: (\d{1,6})\n---\n/;
const PLACEHOLDER = '{{delimiter}}';

export const readPrompt = (name: PromptName): Prompt =>
  parsePrompt(name, readFileSync(new URL(`${name}.md`, DIRECTORY), 'utf8').replaceAll('\r\n', '\n'));

/** Throws for a file that is no prompt: a gate with one does not start. */
export function parsePrompt(name: PromptName, file: string): Prompt {
  const version = FRONT_MATTER.exec(file)?.[1];
  const text = file.replace(FRONT_MATTER, '').trim();
  if (version === undefined)
    throw new Error(`prompts/${name}.md has no version: begin it with ---, version: 1, ---`);
  if (!text.includes(PLACEHOLDER)) throw new Error(`prompts/${name}.md does not name the ${PLACEHOLDER}`);
  return { id: `${name}@${version}`, text };
}

export interface Rendered {
  system: string;
  user: string;
}

/**
 * The messages that put a prompt to some data. Data is JSON between two lines that nobody can guess, so nothing in it
 * ends it, and nothing in it stands among the instructions.
 */
export function render(prompt: Prompt, data: Json): Rendered {
  const text = JSON.stringify(data);
  let delimiter = newDelimiter();
  while (text.includes(delimiter)) delimiter = newDelimiter();
  return {
    system: prompt.text.replaceAll(PLACEHOLDER, delimiter),
    user: [
      delimiter,
      text,
      delimiter,
      'The data ends here. Answer with the JSON object that was asked for, and nothing else.',
    ].join('\n'),
  };
}

const newDelimiter = (): string => `data-${randomBytes(16).toString('hex')}`;
