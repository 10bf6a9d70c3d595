import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { clusterReasons } from '../../../src/model/cluster-reasons.ts';
import { describeSuggestion } from '../../../src/model/describe-suggestion.ts';
import { explainCommand } from '../../../src/model/explain-command.ts';
import { PROMPTS, type PromptName, readPrompt, render } from '../../../src/model/prompt.ts';
import { summariseNotes } from '../../../src/model/summarise-notes.ts';
import { readAnswer, type Use } from '../../../src/model/use.ts';
import { suggestionOf, unusual } from '../world.ts';

/** One line of a `.jsonl` file: what was asked, what a model answered to it, and what has to come of that. */
interface Recorded {
  id: string;
  /** With which version of the prompt it was recorded. */
  version: number;
  input: unknown;
  raw: string;
  expect: { result: 'answered' | 'unfit' | 'nonsense' } & {
    /** The text names each of these, in any case. */
    names?: string[];
    /** It names none of these. */
    not?: string[];
  };
}

export interface Score {
  /** `explain-command@1`. */
  prompt: string;
  cases: number;
  answered: number;
  unfit: number;
  nonsense: number;
  /** Recorded with another version of the prompt. */
  stale: number;
  /** The longest question, in characters. */
  longest: number;
  /** What did not come out as expected, in words. */
  faults: string[];
}

// Inputs stand in the files in short: only what is different.
// biome-ignore lint/suspicious/noExplicitAny: each use has types of its own
const USES: Record<PromptName, { use: Use<any, any, object>; input(short: any): unknown }> = {
  'explain-command': { use: explainCommand, input: (text: string) => unusual(text) },
  'describe-suggestion': { use: describeSuggestion, input: suggestionOf },
  'summarise-notes': { use: summariseNotes, input: (notes) => notes },
  'cluster-reasons': { use: clusterReasons, input: (reasons) => reasons },
};

const read = (file: string): string => readFileSync(new URL(file, import.meta.url), 'utf8');

const recorded = (name: PromptName): Recorded[] =>
  read(`${name}.jsonl`)
    .split('\n')
    .filter((line) => line.trim() !== '')
    .map((line) => JSON.parse(line) as Recorded);

/** Renders and checks every recorded case with the prompts of today. It asks nobody. */
export const evaluate = (): Score[] => PROMPTS.map(scoreOf);

function scoreOf(name: PromptName): Score {
  const prompt = readPrompt(name);
  const { use, input } = USES[name];
  const score: Score = {
    prompt: prompt.id,
    cases: 0,
    answered: 0,
    unfit: 0,
    nonsense: 0,
    stale: 0,
    longest: 0,
    faults: [],
  };
  for (const { id, version, input: short, raw, expect } of recorded(name)) {
    score.cases += 1;
    if (`${name}@${version}` !== prompt.id) score.stale += 1;
    const full = input(short);
    const data = use.data(full);
    if (data === null) {
      score.faults.push(`${id}: nothing is asked`);
      continue;
    }
    const { system, user } = render(prompt, data);
    score.longest = Math.max(score.longest, system.length + user.length);
    const { result, answer } = readAnswer(use, raw, full);
    score[result] += 1;
    score.faults.push(...faultsOf({ result, answer }, expect).map((fault) => `${id}: ${fault}`));
  }
  return score;
}

function faultsOf(got: { result: string; answer: object | null }, expect: Recorded['expect']): string[] {
  if (got.result !== expect.result) return [`is ${got.result}, expected ${expect.result}`];
  const text = JSON.stringify(got.answer ?? {}).toLowerCase();
  const missing = (expect.names ?? []).filter((word) => !text.includes(word.toLowerCase()));
  const invented = (expect.not ?? []).filter((word) => text.includes(word.toLowerCase()));
  return [...missing.map((word) => `does not name ${word}`), ...invented.map((word) => `names ${word}`)];
}

/** The hash of each prompt's text, beside the one that is noted for its version. */
export function versions(): { prompt: string; is: string; noted: string | undefined }[] {
  const noted = JSON.parse(read('versions.json')) as Record<string, string>;
  return PROMPTS.map((name) => {
    const { id, text } = readPrompt(name);
    return { prompt: id, is: createHash('sha256').update(text).digest('hex').slice(0, 16), noted: noted[id] };
  });
}
