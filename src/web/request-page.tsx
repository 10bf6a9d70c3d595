/** @jsxRuntime automatic @jsxImportSource hono/jsx */
import { CommandPart, Comparison, Notes } from './command-part.tsx';
import { ApproveButton, DecidePart, looksAgainAt } from './decide-part.tsx';
import { EndedPart, HistoryPart } from './ended-part.tsx';
import { Around, Asked, Identifiers, InWords, LookedAt, RiskPart, WhyPart } from './facts-part.tsx';
import { headlineOf } from './headline.ts';
import { LadderPart } from './ladder-part.tsx';
import { isOver } from './live.ts';
import { QuestionsPart } from './questions-part.tsx';
import type { Shown } from './shown.ts';
import { isLong } from './shown-command.ts';

/** The page of a request: what is said once, and the part that follows the request. */
export const requestContent = (shown: Shown, said: string | null) => (
  <>
    {said && (
      <p class="said" role="alert">
        {said}
      </p>
    )}
    <div id="live" data-fragment={`${shown.path}?fragment`} data-events={`${shown.path}/events`}>
      {requestFragment(shown)}
    </div>
    <p id="offline" class="said" role="status" hidden>
      Not connected: this page may be out of date. Load it again.
    </p>
  </>
);

/** Everything that can change. The same facts as on the card in Slack, in the same words. */
export const requestFragment = (shown: Shown) => {
  const { view, environment } = shown;
  const { tone, words } = headlineOf(view);
  const isPending = view.state === 'pending';
  const what = view.command.kind === 'action' ? 'action' : 'command';
  return (
    <article
      class={`request env-${environment.color}`}
      data-version={String(view.version)}
      data-over={String(isOver(view))}
      data-now={shown.now.toISOString()}
      data-look-again={looksAgainAt(shown)
        .map((at) => at.toISOString())
        .join(' ')}
    >
      <header class="band">
        <p class="environment">{environment.name}</p>
        <h1 class={`tone-${tone}`}>{words}</h1>
        {view.emergency && (
          <p class="emergency">Emergency: only the people named for emergencies here may approve.</p>
        )}
      </header>
      {!isPending && <EndedPart shown={shown} />}
      <div class={isPending ? 'columns' : 'columns alone'}>
        <section class="ask" aria-label={`The ${what}`}>
          <CommandPart view={view} />
          {isPending && isLong(view.command) && (
            <div id="end-of-command">
              <ApproveButton shown={shown} />
            </div>
          )}
          <RiskPart view={view} />
          <InWords view={view} />
          <WhyPart view={view} />
          <dl class="facts">
            <Asked view={view} />
            <Comparison view={view} />
            <Notes view={view} />
          </dl>
        </section>
        {isPending && <DecidePart shown={shown} />}
        <div class="more">
          <QuestionsPart shown={shown} />
          <Around view={view} />
          <LadderPart view={view} />
          <HistoryPart view={view} />
          <LookedAt view={view} />
          <Identifiers view={view} />
          {shown.card && (
            <p>
              <a href={shown.card.href} rel="noreferrer">
                Its card in Slack
              </a>
            </p>
          )}
        </div>
      </div>
    </article>
  );
};
