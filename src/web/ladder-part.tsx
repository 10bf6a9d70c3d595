/** @jsxRuntime automatic @jsxImportSource hono/jsx */
import { said } from '../core/command/said.ts';
import { areSameReviewers } from '../core/environment.ts';
import type { RungView } from '../core/escalation.ts';
import { reachParts } from '../core/reach.ts';
import type { RequestView } from '../core/request.ts';
import { Moment, Words } from './pieces.tsx';
import { namesOf } from './words.ts';

/** Who has been told and when, what did not work, and what happens next. */
export const LadderPart = ({ view }: { view: RequestView }) => {
  const { rungs, pausedUntil } = view.ladder;
  const isOpen = view.state === 'pending';
  const shown = isOpen ? rungs : rungs.filter(({ takenAt }) => takenAt !== null);
  if (shown.length === 0 && !(isOpen && view.reach)) return null;
  return (
    <section aria-label="Who has been told">
      <h2>{isOpen ? 'Who has been told, and what happens next' : 'Who was told'}</h2>
      {isOpen && view.reach && (
        <p class={view.reach.nobody ? 'caution' : 'soft'}>
          When it was asked:{' '}
          {reachParts(view.reach).map((part) =>
            typeof part === 'string' ? <Words of={part} /> : <Moment at={part} />,
          )}
          .
        </p>
      )}
      {isOpen && pausedUntil && (
        <p class="caution">
          Held up by a question, until <Moment at={pausedUntil} /> at most. The deadline stays.
        </p>
      )}
      <ol class="ladder">
        {shown.map((rung) => (
          <Rung rung={rung} view={view} />
        ))}
        {isOpen && (
          <li class="to-come">
            <Moment at={view.expiresAt} />{' '}
            {view.whenUnanswered === 'allow' ? 'It runs if nobody objects' : 'Denied, if nobody decides'}
          </li>
        )}
      </ol>
    </section>
  );
};

const Rung = ({ rung, view }: { rung: RungView; view: RequestView }) => {
  const { takenAt, taken, dueAt, problems } = rung;
  const look = takenAt === null ? 'to-come' : taken?.nobody ? 'taken nobody' : 'taken';
  return (
    <li class={look}>
      <Moment at={takenAt ?? dueAt} /> {takenAt === null ? toCome(rung, view) : whatHappened(rung, view)}
      {taken?.early && (
        <small>
          <Words of={taken.early} />
        </small>
      )}
      {problems.map((problem) => (
        <small class="problem">
          Did not work: <Words of={problem} max={300} />
        </small>
      ))}
    </li>
  );
};

function whatHappened(rung: RungView, view: RequestView): string {
  const { kind, taken, page } = rung;
  const who = nameOf(rung, view);
  if (taken?.nobody) return `${who}: nobody to tell, ${said(taken.nobody, 200)}`;
  if (taken?.spared) return `${who}: not paged, ${said(taken.spared, 200)}`;
  const names = taken?.told.length ? namesOf(taken.told.map((name) => ({ name }))) : null;
  if (kind === 'card') return names ? `Card in the channel, for ${names}` : 'Card in the channel';
  if (kind === 'tell') return names ? `${who} told: ${names}` : `${who} told`;
  if (page?.state === 'acknowledged') return `Pager ${names}: ${said(page.by ?? 'somebody', 60)} has it`;
  return page?.isSent ? `Pager ${names} called` : `Pager ${names} is being called`;
}

function toCome(rung: RungView, view: RequestView): string {
  if (rung.kind === 'card') return 'Card in the channel';
  if (rung.kind === 'page') return `Pager ${said(rung.pager ?? '', 60)} is called`;
  return `${nameOf(rung, view)} are told`;
}

function nameOf({ kind, audience }: RungView, { emergency, reviewers }: RequestView): string {
  if (kind === 'page') return 'Pager';
  if (kind === 'card') return 'Card in the channel';
  if (audience === 'reviewers') return 'Reviewers';
  return emergency && areSameReviewers(audience, reviewers) ? 'Emergency list' : 'Backups';
}
