import { visible } from './visible.ts';

/** At most `max` UTF-16 units, never half of a character. */
export function cut(text: string, max: number): string {
  if (text.length <= max) return text;
  const last = text.charCodeAt(max - 2);
  const splitsPair = last >= 0xd800 && last <= 0xdbff;
  return `${text.slice(0, splitsPair ? max - 2 : max - 1)}…`;
}

/** A caller's words as one short line: what hides is shown, and a line break cannot fake a line of ours. */
export const said = (words: string, max: number): string =>
  cut(
    visible(words)
      .replace(/\s*\n\s*/g, ' ⏎ ')
      .replace(/\t/g, ' '),
    max,
  );

/** Both ends of a caller's words: what was appended stays in sight. */
export function saidEnds(words: string, max: number): string {
  const all = said(words, Number.MAX_SAFE_INTEGER);
  if (all.length <= max) return all;
  const tail = Math.floor(max / 3);
  return `${cut(all, max - tail)}${all.slice(-tail).replace(/^[\udc00-\udfff]/, '')}`;
}

/** A caller's words with their line breaks; only for elements that set them apart from ours. */
export const quotedWords = (words: string, max: number, lines: number): string => {
  const all = visible(words).split('\n');
  return cut(all.length > lines ? `${all.slice(0, lines).join('\n')}…` : all.join('\n'), max);
};
