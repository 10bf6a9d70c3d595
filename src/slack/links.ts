import type { Context, RequestView } from '../core/request.ts';
import { type Inline, said, text } from './blocks.ts';

const LONGEST_URL = 2000;

/** A web address a person may follow, normalised (its host in ASCII); null for anything else. */
function webAddress(url: string | undefined): URL | null {
  if (!url || url.length > LONGEST_URL || !URL.canParse(url)) return null;
  const parsed = new URL(url);
  const isWeb = parsed.protocol === 'https:' || parsed.protocol === 'http:';
  // `https://github.com@evil.example` reads as another host than it opens.
  const isPlain = parsed.username === '' && parsed.password === '' && parsed.href.length <= LONGEST_URL;
  return isWeb && isPlain && parsed.host !== '' ? parsed : null;
}

/** A link with words of ours and the host it leads to. A link the caller gave may lead anywhere, so it must say where. */
export function link(words: string, url: string | undefined): Inline[] {
  const address = webAddress(url);
  if (!address) return [];
  return [{ type: 'link', url: address.href, text: words }, text(` (${said(address.host, 60)})`)];
}

const REPOSITORY = /^[\w.-]{1,100}(\/[\w.-]{1,100}){1,5}$/;
const COMMIT = /^[0-9a-f]{7,64}$/i;

const shortCommit = (sha: string): string => sha.slice(0, 7);

function repositoryAddress(context: Context): string | null {
  const { server_url, repository } = context;
  if (!server_url || !repository || !REPOSITORY.test(repository)) return null;
  return webAddress(server_url) && `${server_url.replace(/\/+$/, '')}/${repository}`;
}

/** The run, the commit, and what changed since the last command that ended well. */
export function sourceLinks(view: Pick<RequestView, 'context' | 'lastSuccess'>): Inline[][] {
  const { context, lastSuccess } = view;
  const repository = repositoryAddress(context);
  const sha = context.sha && COMMIT.test(context.sha) ? context.sha : null;
  const found = [
    link('run', context.run_url),
    repository && sha ? link(`commit ${shortCommit(sha)}`, `${repository}/commit/${sha}`) : [],
    repository && sha && lastSuccess && COMMIT.test(lastSuccess.sha)
      ? link('changes since last success', `${repository}/compare/${lastSuccess.sha}...${sha}`)
      : [],
  ];
  return sayHostOnce(found.filter((each) => each.length > 0));
}

/** Links to the same host in a row say it once, at the last of them. */
function sayHostOnce(links: Inline[][]): Inline[][] {
  const host = (each: Inline[] | undefined) => (each?.[1]?.type === 'text' ? each[1].text : null);
  return links.map((each, index) => (host(each) === host(links[index + 1]) ? each.slice(0, 1) : each));
}
