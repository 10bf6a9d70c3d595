import { cautionsOf } from '../core/cautions.ts';
import { checksOf } from '../core/checks.ts';
import { commandText } from '../core/command/command.ts';
import type { EarlierRequest, Request, RequestView } from '../core/request.ts';
import { heaviestFirst } from '../core/risk/assessment.ts';
import { howItWent } from '../core/standing.ts';
import { namesOf, REQUESTER_KIND } from '../core/wording.ts';
import { bold, code, date, dotted, type Inline, said, text } from './blocks.ts';
import { link, linksToSource } from './links.ts';
import { RISK_MARK } from './texts.ts';

const REASONS_SHOWN = 3;

/** `🟠 HIGH risk, 72 of 100`. */
export const riskLine = ({ assessment }: Pick<Request, 'assessment'>): Inline[] => [
  text(`${RISK_MARK[assessment.level]} `),
  bold(`${assessment.level} risk`),
  text(`, ${Math.round(assessment.score)} of 100`),
];

/** The reasons that weigh most, the heaviest first. */
export const mainReasons = ({ assessment }: Pick<Request, 'assessment'>): Inline[][] =>
  heaviestFirst(assessment)
    .filter(({ points }) => points > 0)
    .slice(0, REASONS_SHOWN)
    .map(({ why }) => [text(said(why, 150))]);

/** What a reader could take for something else than it is. */
export function warnings(
  view: Pick<RequestView, 'command' | 'cwd' | 'reason' | 'requester' | 'context'>,
): Inline[][] {
  const { isHidden, isRightToLeft, alike } = cautionsOf(view);
  const found: Inline[][] = [];
  if (isHidden) found.push([text('Invisible or control characters are in it, shown as ⟦U+…⟧.')]);
  if (alike.length > 0) {
    const words = alike.slice(0, 3).flatMap((word) => [text(' '), code(said(word, 60))]);
    found.push([text('Letters that only look like Latin ones:'), ...words]);
  }
  if (isRightToLeft) found.push([text('Right-to-left text: it may be shown in another order than it runs.')]);
  return found.map((line) => [text('⚠️ '), ...line]);
}

/** Who asks, and through which token. The actor is anybody's word; the token is known. */
export function requesterLine({ requester }: Pick<Request, 'requester'>): Inline[] {
  const kind = REQUESTER_KIND[requester.kind];
  const token = `${said(requester.tokenName, 60)} (${kind})`;
  return requester.actor ? [text(`${said(requester.actor, 60)} via ${token}`)] : [text(token)];
}

/** Where it comes from: repository, job, host, and links. */
export function sourceLine(view: Pick<RequestView, 'context' | 'lastSuccess'>): Inline[] {
  const { repository, ref, job, step, host, source } = view.context;
  const at = repository ? `${said(repository, 80)}${ref ? ` at ${said(ref, 60)}` : ''}` : '';
  const where = [
    at,
    [job, step]
      .filter(Boolean)
      .map((part) => said(part!, 50))
      .join(' › '),
    host ? `host ${said(host, 60)}` : '',
  ];
  const words = where.filter((part) => part !== '');
  const named = words.length > 0 ? words : source ? [said(source, 60)] : [];
  return dotted([...named.map((part) => [text(part)]), ...linksToSource(view)]);
}

/** Further links of the caller: a title in their words, then the host it opens. */
export const callerLinks = ({ context }: Pick<Request, 'context'>, most: number): Inline[][] =>
  (context.links ?? []).slice(0, most).flatMap(({ title, url }) => {
    const opened = link('open', url);
    return opened.length > 0 ? [[text(`${said(title, 60)}: `), ...opened]] : [];
  });

/** `2 of 3 checks passed; not: lint`. */
export function checksLine({ context }: Pick<Request, 'context'>): Inline[] {
  const checks = context.checks ?? [];
  if (checks.length === 0) return [];
  const { open, words } = checksOf(checks);
  if (open.length === 0) return [text(words)];
  const named = open.slice(0, 3).map((check) => `${said(check.name, 40)} (${said(check.state, 20)})`);
  return [text(`${words}; not: ${named.join(', ')}`)];
}

/** The commands before this one in the same run and how each ended, the latest last. */
export function earlierLines(earlier: EarlierRequest[], most: number): Inline[][] {
  const shown = earlier.slice(-most);
  return shown.map(earlierLine);
}

function earlierLine(one: EarlierRequest): Inline[] {
  const { mark, words } = howItWent(one);
  return [text(`${mark} `), code(said(commandText(one.command), 50)), text(` ${words}`)];
}

/** How the last command of the same kind in this environment ended, and when it ran. */
export function lastRunLine({ lastRun }: Pick<RequestView, 'lastRun'>, permalink: string | null): Inline[] {
  if (!lastRun) return [];
  const { mark, words } = howItWent({ state: 'approved', ...lastRun });
  const card: Inline[] = permalink ? [text(' · '), { type: 'link', url: permalink, text: 'card' }] : [];
  return [text(`${mark} ${words}, `), date(lastRun.startedAt), ...card];
}

/** `1 of 2: Ana`; empty when one approval is enough. */
export function progress(view: Pick<RequestView, 'votes' | 'approvalsNeeded'>): string {
  if (view.approvalsNeeded <= 1) return '';
  const approvers = view.votes.filter((vote) => vote.verdict === 'approve');
  const count = `${approvers.length} of ${view.approvalsNeeded} approvals`;
  return approvers.length === 0 ? count : `${count}: ${namesOf(approvers)}`;
}
