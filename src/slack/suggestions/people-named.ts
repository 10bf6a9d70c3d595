import { type Inline, mention, said, text } from '../blocks.ts';

const MOST = 5;
/** Whoever is in Slack stands in the evidence by their id there; a pipeline by the name of its token. */
const USER_ID = /^[UW][A-Z0-9]{2,20}$/;

const named = (name: string): Inline =>
  USER_ID.test(name) ? mention(name) : text(said(name, 40) || 'somebody');

/** `@Ana`, `@Ana and ci`, `@Ana, @Ben and 4 more`: in a modal nobody is notified. */
export function peopleNamed(names: readonly string[]): Inline[] {
  const more = names.length - MOST;
  const all = [...names.slice(0, MOST).map(named), ...(more > 0 ? [text(`${more} more`)] : [])];
  return all.flatMap((each, index) => {
    if (index === 0) return [each];
    return [text(index === all.length - 1 ? ' and ' : ', '), each];
  });
}

/** Words of ours in which some of these people may stand by their ids. */
export function withPeople(words: string, names: readonly string[]): Inline[] {
  const ids = new Set(names.filter((name) => USER_ID.test(name)));
  return words
    .split(/\b([UW][A-Z0-9]{2,20})\b/)
    .filter((piece) => piece !== '')
    .map((piece) => (ids.has(piece) ? mention(piece) : text(piece)));
}
