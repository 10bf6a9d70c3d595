import type { WordChange } from '../core/command/word-diff.ts';
import { bold, type Inline, said, saidEnds, text } from './blocks.ts';

/** Unchanged words on either side of a change that stay in sight. */
const NEAR = 2;
const LONGEST_WORD = 60;
const CARD_CHARACTERS = 350;
/** Of what two words have in common, at most this much is shown. */
const LONGEST_BEGINNING = 24;

/**
 * What differs from an earlier command: gone words struck out, new ones bold, long unchanged stretches left out.
 * Empty when nothing does.
 */
export function changedWords(changes: WordChange[] | null, most = CARD_CHARACTERS): Inline[] {
  if (!changes) return [];
  const found: Inline[] = [];
  let left = most;
  for (const { kind, words } of runsOf(changes).flatMap(splitPair)) {
    const shown = words.map((word) => saidEnds(word, LONGEST_WORD)).join(' ');
    if (shown.length > left) return [...found, text(`${found.length > 0 ? ' ' : ''}… and more`)];
    left -= shown.length + 1;
    if (found.length > 0) found.push(text(' '));
    found.push(styled(kind, shown));
  }
  return found;
}

function styled(kind: WordChange['kind'], words: string): Inline {
  switch (kind) {
    case 'same':
      return text(words);
    case 'added':
      return bold(words);
    case 'removed':
      return text(words, { strike: true });
  }
}

interface Run {
  kind: WordChange['kind'];
  words: string[];
}

function runsOf(changes: WordChange[]): Run[] {
  const runs: Run[] = [];
  for (const { kind, word } of changes) {
    const last = runs.at(-1);
    if (last?.kind === kind) last.words.push(word);
    else runs.push({ kind, words: [word] });
  }
  return runs.map((run, at) =>
    run.kind === 'same' ? shortened(run, at === 0, at === runs.length - 1) : run,
  );
}

/** The program stays in sight, and the words next to a change. */
function shortened({ kind, words }: Run, isFirst: boolean, isLast: boolean): Run {
  const head = isFirst ? 1 : NEAR;
  const tail = isLast ? 0 : NEAR;
  if (words.length <= head + tail + 1) return { kind, words };
  return { kind, words: [...words.slice(0, head), '…', ...words.slice(words.length - tail)] };
}

/** One word that became another: what both begin with is said once, so that the difference is not at a line's end. */
function splitPair(run: Run, at: number, all: Run[]): Run[] {
  const other = partnerOf(run, at, all);
  if (other === null) return [run];
  const [word = ''] = run.words;
  const common = commonBeginning(word, other);
  const ending: Run = { kind: run.kind, words: [word.slice(common)] };
  if (common === 0 || run.kind === 'added') return [ending];
  const beginning = said(word.slice(0, common), Number.MAX_SAFE_INTEGER);
  const near = beginning.slice(-LONGEST_BEGINNING).replace(/^[^/:,=@]*[/:,=@](?=.)/, '');
  const shown = beginning.length > LONGEST_BEGINNING ? `…${near}` : beginning;
  return [{ kind: 'same', words: [shown] }, ending];
}

function partnerOf({ kind, words }: Run, at: number, all: Run[]): string | null {
  const wanted = kind === 'removed' ? 'added' : kind === 'added' ? 'removed' : null;
  const near = kind === 'removed' ? all[at + 1] : all[at - 1];
  const isPair = wanted !== null && near?.kind === wanted && near.words.length === 1 && words.length === 1;
  return isPair ? (near.words[0] ?? null) : null;
}

/** Up to and with the last of `/ : , = @` that both have in the same place. */
function commonBeginning(one: string, other: string): number {
  let end = 0;
  for (let at = 0; at < Math.min(one.length, other.length) && one[at] === other[at]; at++)
    if (/[/:,=@]/.test(one[at] ?? '')) end = at + 1;
  return end;
}
