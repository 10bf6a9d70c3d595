/** @jsxRuntime automatic @jsxImportSource hono/jsx */
import { roundedDuration } from '../core/duration.ts';
import type { RequestView, Vote } from '../core/request.ts';
import { endedBy, exitOf, succeeded } from '../core/standing.ts';
import { capitalised } from '../core/wording.ts';
import { headlineOf } from './headline.ts';
import { Moment, Quoted, Words } from './pieces.tsx';
import type { Shown } from './shown.ts';

/** How it ended, by whom, after how long, and what came of it. */
export const EndedPart = ({ shown: { view, base } }: { shown: Shown }) => {
  const { decision, newer } = view;
  // Of a newer run the line says it all, with its link.
  const said = newer ? null : decision?.reason?.trim();
  return (
    <section class={`ended tone-${headlineOf(view).tone}`} aria-label="How it ended">
      {decision && (
        <p>
          <b>
            {capitalised(view.state)} {endedBy(view)}
          </b>
          , <Moment at={decision.at} />, after{' '}
          {roundedDuration(decision.at.getTime() - view.createdAt.getTime())}.
        </p>
      )}
      <WhatCameOfIt view={view} />
      {newer && (
        <p>
          A newer run asked: <a href={`${base}/requests/${newer.id}`}>{newer.id}</a>
          {newer.state === 'pending' ? '.' : `, and is ${newer.state}.`}
        </p>
      )}
      {said && <Quoted of={said} />}
      {view.followers.count > 0 && <p>Asked {view.followers.count + 1} times, decided once.</p>}
      <Retrospective view={view} />
    </section>
  );
};

const WhatCameOfIt = ({ view }: { view: RequestView }) => {
  const { outcome, startedAt, lapsedAt, useBy } = view;
  if (view.state !== 'approved') return <p>Nothing ran.</p>;
  if (outcome) {
    return (
      <p>
        <b>
          {succeeded(outcome) ? 'Ran' : 'Failed'}: {exitOf(outcome)}
        </b>{' '}
        after {roundedDuration(outcome.durationMs)}.
      </p>
    );
  }
  if (startedAt) {
    return (
      <p>
        Started <Moment at={startedAt} />. Its result will stand here.
      </p>
    );
  }
  if (lapsedAt) return <p>It was not used in time: the approval is void, nothing ran.</p>;
  return useBy ? (
    <p>
      It may start until <Moment at={useBy} />; then the approval is void.
    </p>
  ) : null;
};

const Retrospective = ({ view: { retrospective } }: { view: RequestView }) => {
  if (!retrospective) return null;
  const { dueAt, closedAt, closedByName } = retrospective;
  return closedAt ? (
    <p>
      The retrospective of this emergency was given by <Words of={closedByName ?? 'somebody'} max={60} />,{' '}
      <Moment at={closedAt} />.
    </p>
  ) : (
    <p class="caution">
      A retrospective of this emergency is due until <Moment at={dueAt} />. It is given in Slack.
    </p>
  );
};

/** Every vote, with its moment and its reason. */
export const HistoryPart = ({ view }: { view: RequestView }) =>
  view.votes.length === 0 ? null : (
    <section aria-label="Votes">
      <h2>Votes</h2>
      <ul class="votes">
        {view.votes.slice(0, 50).map((vote) => (
          <li>
            <VoteLine vote={vote} />
          </li>
        ))}
      </ul>
    </section>
  );

const HOW: Record<Vote['method'], string> = {
  card: 'on the card',
  review: 'after Review',
  command: 'by command',
  page: 'on this page',
};

const VoteLine = ({ vote }: { vote: Vote }) => (
  <>
    <b>
      <Words of={vote.name || 'somebody'} max={60} />
    </b>{' '}
    {vote.verdict === 'approve' ? 'approved' : 'denied'} {HOW[vote.method]}, <Moment at={vote.at} />
    {vote.reason && (
      <>
        : <Words of={vote.reason} max={400} />
      </>
    )}
  </>
);
