import type { Context, RequestView } from './request.ts';
import { webAddress } from './web-address.ts';

const REPOSITORY = /^[\w.-]{1,100}(\/[\w.-]{1,100}){1,5}$/;
const COMMIT = /^[0-9a-f]{7,64}$/i;

/** A link in words of ours. Where it leads is the caller's word, so its host stands beside it. */
export interface SourceLink {
  words: string;
  to: URL;
}

/** The run, the commit, and what changed since the last command that ended well. */
export function sourceLinks({
  context,
  lastSuccess,
}: Pick<RequestView, 'context' | 'lastSuccess'>): SourceLink[] {
  const repository = repositoryAddress(context);
  const sha = context.sha && COMMIT.test(context.sha) ? context.sha : null;
  const found: [string, string | null | undefined][] = [
    ['run', context.run_url],
    [`commit ${sha?.slice(0, 7)}`, repository && sha && `${repository}/commit/${sha}`],
    [
      'changes since last success',
      repository && sha && lastSuccess && COMMIT.test(lastSuccess.sha)
        ? `${repository}/compare/${lastSuccess.sha}...${sha}`
        : null,
    ],
  ];
  return found.flatMap(([words, url]) => {
    const to = webAddress(url);
    return to ? [{ words, to }] : [];
  });
}

function repositoryAddress({ server_url, repository }: Context): string | null {
  if (!server_url || !repository || !REPOSITORY.test(repository)) return null;
  return webAddress(server_url) && `${server_url.replace(/\/+$/, '')}/${repository}`;
}
