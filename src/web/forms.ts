import type { Context, Hono } from 'hono';
import { denyReason } from '../core/deny-reasons.ts';
import type { Environment } from '../core/environment.ts';
import type { RequestView, Voter } from '../core/request.ts';
import type { Answered } from '../gate/answered.ts';
import { claim } from '../gate/claim.ts';
import { declareEmergency } from '../gate/emergency.ts';
import { withEmergencyList } from '../gate/environment-asked.ts';
import { extend } from '../gate/extend.ts';
import type { Someone } from '../gate/people.ts';
import { answerQuestion, askBack } from '../gate/question.ts';
import { type VoteResult, vote } from '../gate/vote.ts';
import { see, sessionOf } from './access.ts';
import { giveCookie } from './cookies.ts';
import { isFromOurPage, readForm, typed } from './guard.ts';
import { LONGEST_WORDS } from './limits.ts';
import { notFoundPage, plainPage, signedOutPage, unclearPage } from './plain-pages.tsx';
import { isFormToken, touchSession } from './sessions.ts';
import { isWhollyShown } from './shown-command.ts';
import { foreign } from './sign-in.ts';
import type { Web } from './surroundings.ts';
import type { Said } from './what-was-said.ts';

/** How long what is to be said waits for the next page. */
const SAID_SECONDS = 60;

interface Sent {
  web: Web;
  view: RequestView;
  who: Someone;
  voter: Voter;
  environment: Environment;
  form: URLSearchParams;
}
/** Does what a form asks for; what the next page says of it. null: the page itself shows it. */
type Verb = (sent: Sent) => Promise<Said | null>;

/** Every form of the decision page. Only these change anything, and each of them asks Slack anew who may. */
export function answerForms(app: Hono, web: Web): void {
  const verbs: Record<string, Verb> = {
    approve,
    deny,
    claim: look,
    extend: giveTime,
    ask,
    answer,
    emergency,
  };
  for (const [name, verb] of Object.entries(verbs)) {
    app.post(`/requests/:id/${name}`, (c) => receive(c, web, verb));
  }
}

async function receive(c: Context, web: Web, verb: Verb): Promise<Response> {
  const requestId = c.req.param('id') ?? '';
  if (!isFromOurPage(c, web.site)) return foreign(c, web);
  const session = await sessionOf(c, web);
  if (!session) return signedOutPage(c, web, requestId);
  if (!web.maySendForm(session.secret)) {
    return plainPage(c, web, 429, {
      title: 'Too fast',
      words: 'This did not count. Wait a minute, then try again.',
    });
  }
  const form = await readForm(c);
  if (!form || !isFormToken(session, form.get('csrf'))) return foreign(c, web);
  const seen = await see(web, session.who, requestId);
  if (seen.kind === 'unclear') return unclearPage(c, web);
  if (seen.kind === 'hidden') return notFoundPage(c, web, session);
  await touchSession(web.deps.database.db, session);
  const { view, voter, environment } = seen;
  const said = await verb({ web, form, who: session.who, view, voter, environment });
  if (said) giveCookie(c, web.site, 'said', `${said}.${requestId}`, SAID_SECONDS);
  return c.redirect(`${web.site.base}/requests/${requestId}`, 303);
}

/** Nobody approves what they could not see: the page shows no button there, and no button is no protection. */
async function approve({ web, view, voter }: Sent): Promise<Said | null> {
  if (!isWhollyShown(view.command)) return 'not-shown';
  return ofVote(
    await vote(web.deps, { requestId: view.id, voter, verdict: 'approve', reason: null, method: 'page' }),
  );
}

async function deny({ web, view, voter, form }: Sent): Promise<Said | null> {
  const words = typed(form, 'words');
  if (words.length > LONGEST_WORDS) return 'too-long';
  const reason = denyReason(form.get('preset'), words);
  if (reason === null) return 'reason-missing';
  return ofVote(await vote(web.deps, { requestId: view.id, voter, verdict: 'deny', reason, method: 'page' }));
}

const look = async ({ web, view, voter }: Sent) =>
  ofAnswer(await claim(web.deps, { requestId: view.id, voter }));

const giveTime = async ({ web, view, voter }: Sent) =>
  ofAnswer(await extend(web.deps, { requestId: view.id, voter }));

async function ask({ web, view, voter, form }: Sent): Promise<Said | null> {
  const text = typed(form, 'words');
  if (text.length > LONGEST_WORDS) return 'too-long';
  return ofAnswer(await askBack(web.deps, { requestId: view.id, voter, text }));
}

async function answer({ web, view, voter, form }: Sent): Promise<Said | null> {
  const text = typed(form, 'words');
  if (text.length > LONGEST_WORDS) return 'too-long';
  const questionId = Number(form.get('question'));
  if (!Number.isSafeInteger(questionId) || questionId < 1) return 'nothing-asked';
  const { userId, subject, name } = voter;
  const person = { userId, subject, name };
  return ofAnswer(await answerQuestion(web.deps, { requestId: view.id, questionId, person, text }));
}

/** Who is only on the emergency list may declare one, too. */
async function emergency({ web, view, who, environment, form, voter: reviewer }: Sent): Promise<Said | null> {
  const reason = typed(form, 'words');
  if (reason.length > LONGEST_WORDS) return 'too-long';
  const voter = (await web.deps.people?.voter(who, withEmergencyList(environment))) ?? reviewer;
  return ofAnswer(await declareEmergency(web.deps, { requestId: view.id, voter, reason }));
}

const ofVote = (result: VoteResult): Said | null => {
  if (!result.counted) return result.code;
  return result.ends ? null : 'counted';
};
const ofAnswer = (result: Answered): Said | null => (result.ok ? null : result.code);
