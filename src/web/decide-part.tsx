/** @jsxRuntime automatic @jsxImportSource hono/jsx */
import type { Child } from 'hono/jsx';
import { DENY_PRESETS } from '../core/deny-reasons.ts';
import { roundedDuration } from '../core/duration.ts';
import { lastThirdOf, mayExtend } from '../core/escalation.ts';
import { type VoteRefusal, whyNoReviewer } from '../core/request.ts';
import { whyItAsks } from '../core/why-it-asks.ts';
import { namesOf } from '../core/wording.ts';
import { LONGEST_WORDS } from './limits.ts';
import { Countdown, Dotted, Fact, Moment, Words } from './pieces.tsx';
import { isRequester, type Shown, whyNotApprove } from './shown.ts';
import { isLong, isWhollyShown } from './shown-command.ts';
import { deciders, inWords } from './what-was-said.ts';

/** What there is to decide, by when, by whom, and the buttons of whoever looks. */
export const DecidePart = ({ shown }: { shown: Shown }) => (
  <section class="decide" aria-label="Decide">
    <Deadline shown={shown} />
    <Buttons shown={shown} />
    <Standing shown={shown} />
  </section>
);

const Deadline = ({ shown: { view, environment } }: { shown: Shown }) => {
  const within = roundedDuration(environment.useWithinSeconds * 1000);
  const isAllowed = view.whenUnanswered === 'allow';
  return (
    <p class="deadline">
      <Countdown to={view.expiresAt} />
      <span>
        {isAllowed ? 'Runs ' : 'Expires '}
        <Moment at={view.expiresAt} />
        {isAllowed
          ? ` if nobody objects: a rule allows it. Run now, and it runs once, within ${within}.`
          : `: then denied. Approved, it runs once, within ${within}.`}
      </span>
    </p>
  );
};

const Buttons = ({ shown }: { shown: Shown }) => {
  const whyNot = whyNotApprove(shown);
  const isReviewer = whyNoReviewer(shown.voter) === null;
  return (
    <>
      {whyNot && <p class="note">{explained(shown, whyNot)}</p>}
      {!whyNot && isLong(shown.view.command) && isWhollyShown(shown.view.command) && (
        <p class="note">
          A long command: <a href="#end-of-command">the button to approve stands at its end</a>.
        </p>
      )}
      {!whyNot && !isLong(shown.view.command) && <ApproveButton shown={shown} />}
      {isReviewer && (
        <>
          <DenyForm shown={shown} />
          {!isRequester(shown) && (
            <div class="pair">
              <Press shown={shown} verb="claim" words="I’m looking" />
              <ExtendButton shown={shown} />
            </div>
          )}
          {!isRequester(shown) && <AskForm shown={shown} />}
        </>
      )}
      {(isReviewer || isRequester(shown)) && <EmergencyForm shown={shown} />}
    </>
  );
};

function explained({ view, environment }: Shown, why: VoteRefusal): string {
  return why === 'not-a-reviewer'
    ? `You can look, not decide. Only ${deciders(environment)} can.`
    : inWords(why, view, environment);
}

/** Only where the whole command stands on the page. */
export const ApproveButton = ({ shown }: { shown: Shown }) => {
  const { view, environment } = shown;
  if (whyNotApprove(shown) || view.state !== 'pending' || !isWhollyShown(view.command)) return null;
  const verb = view.whenUnanswered === 'allow' ? 'Run now' : 'Approve';
  return <Press shown={shown} verb="approve" words={`${verb} on ${environment.name}`} look="primary wide" />;
};

interface Pressed {
  shown: Shown;
  verb: string;
  words: string;
  look?: string;
}
const Press = ({ shown, verb, words, look }: Pressed) => (
  <SentTo shown={shown} verb={verb}>
    <button type="submit" class={look}>
      {words}
    </button>
  </SentTo>
);

/** A form of this request; its id keeps what somebody types while the page changes under them. */
export const SentTo = ({
  shown,
  verb,
  id = verb,
  children,
}: {
  shown: Shown;
  verb: string;
  id?: string;
  children: Child;
}) => (
  <form method="post" action={`${shown.path}/${verb}`} id={`form-${id}`}>
    <input type="hidden" name="csrf" value={shown.csrf} />
    {children}
  </form>
);

const DenyForm = ({ shown }: { shown: Shown }) => (
  <details class="opens" id="deny">
    <summary class="button danger">Deny…</summary>
    <SentTo shown={shown} verb="deny">
      <fieldset>
        <legend>Why not? Pick one, or write below</legend>
        {DENY_PRESETS.map((preset) => (
          <label class="choice">
            <input type="radio" name="preset" value={preset} /> {preset}
          </label>
        ))}
      </fieldset>
      <label>
        In your words
        <textarea name="words" rows={3} maxlength={LONGEST_WORDS} />
      </label>
      <p class="soft">The one who asked reads this. What should they do instead?</p>
      <button type="submit" class="danger wide">
        Deny
      </button>
    </SentTo>
  </details>
);

const AskForm = ({ shown }: { shown: Shown }) => {
  const pause = shown.environment.questionPauseSeconds;
  return (
    <details class="opens" id="ask">
      <summary class="button">Ask a question…</summary>
      <SentTo shown={shown} verb="ask">
        <label>
          To the one who asked
          <textarea name="words" rows={3} maxlength={LONGEST_WORDS} required />
        </label>
        {pause > 0 && (
          <p class="soft">
            Nobody else is told for at most {roundedDuration(pause * 1000)} while you wait. The deadline
            stays.
          </p>
        )}
        <button type="submit" class="wide">
          Ask
        </button>
      </SentTo>
    </details>
  );
};

/** Hands the decision to the people named for emergencies. */
const EmergencyForm = ({ shown }: { shown: Shown }) =>
  shown.environment.emergency === null || shown.view.emergency ? null : (
    <details class="opens" id="emergency">
      <summary class="button">Make it an emergency…</summary>
      <SentTo shown={shown} verb="emergency">
        <label>
          Why is it one?
          <textarea name="words" rows={3} maxlength={LONGEST_WORDS} required />
        </label>
        <p class="soft">
          Everybody is told. Only the people named for emergencies may approve then, and a retrospective is
          due within 24 hours.
        </p>
        <button type="submit" class="danger wide">
          Make it an emergency
        </button>
      </SentTo>
    </details>
  );

const ExtendButton = ({ shown }: { shown: Shown }) => {
  const { view, environment, now } = shown;
  if (!mayExtend(view, now)) return null;
  const by = roundedDuration(environment.extend.bySeconds * 1000);
  return <Press shown={shown} verb="extend" words={`Extend by ${by}`} />;
};

/** When the page should look again by itself: time alone changes what it offers. */
export const looksAgainAt = ({ view }: Shown): Date[] =>
  view.state === 'pending'
    ? [...(view.latestExpiresAt ? [lastThirdOf(view)] : []), view.expiresAt]
    : view.useBy && !view.startedAt
      ? [view.useBy]
      : [];

/** Where it stands among people: who looks at it, who voted, who may. */
const Standing = ({ shown: { view, environment } }: { shown: Shown }) => {
  const whys = whyItAsks(view.explanation, 3);
  return (
    <dl class="facts">
      <Fact name="Looking at it">
        {view.claim && (
          <>
            <Words of={view.claim.name} max={60} />, since <Moment at={new Date(view.claim.at)} />
          </>
        )}
      </Fact>
      <Fact name="Who decides">{`${deciders(environment)}, not who asked`}</Fact>
      <Fact name="Approvals">{view.approvalsNeeded > 1 && approvals(view)}</Fact>
      <Fact name="Why it asks">{whys.length > 0 && <Dotted items={whys} />}</Fact>
    </dl>
  );
};

function approvals({ votes, approvalsNeeded }: Shown['view']): string {
  const approvers = votes.filter(({ verdict }) => verdict === 'approve');
  const count = `${approvers.length} of ${approvalsNeeded}`;
  return approvers.length === 0 ? count : `${count}: ${namesOf(approvers)}`;
}
