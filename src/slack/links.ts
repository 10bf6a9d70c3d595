import type { RequestView } from '../core/request.ts';
import { sourceLinks } from '../core/source-links.ts';
import { webAddress } from '../core/web-address.ts';
import { type Inline, said, text } from './blocks.ts';

/** A link with words of ours and the host it leads to. A link the caller gave may lead anywhere, so it must say where. */
export function link(words: string, url: string | undefined): Inline[] {
  const address = webAddress(url);
  return address ? leadingTo(words, address) : [];
}

const leadingTo = (words: string, { href, host }: URL): Inline[] => [
  { type: 'link', url: href, text: words },
  text(` (${said(host, 60)})`),
];

/** The run, the commit, and what changed since the last command that ended well. */
export const linksToSource = (view: Pick<RequestView, 'context' | 'lastSuccess'>): Inline[][] =>
  sayHostOnce(sourceLinks(view).map(({ words, to }) => leadingTo(words, to)));

/** Links to the same host in a row say it once, at the last of them. */
function sayHostOnce(links: Inline[][]): Inline[][] {
  const host = (each: Inline[] | undefined) => (each?.[1]?.type === 'text' ? each[1].text : null);
  return links.map((each, index) => (host(each) === host(links[index + 1]) ? each.slice(0, 1) : each));
}
