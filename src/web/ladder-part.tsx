/** @jsxRuntime automatic @jsxImportSource hono/jsx */
import { said } from '../core/command/said.ts';
import type { RungView } from '../core/escalation.ts';
import { reachNow, reachParts } from '../core/reach.ts';
import type { RequestView } from '../core/request.ts';
import { nameOfRung, whatBecameOf } from '../core/rungs.ts';
import { capitalised } from '../core/wording.ts';
import { Moment, Words } from './pieces.tsx';

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
          {reachParts(reachNow(view.reach, view.ladder)).map((part) =>
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
      <Moment at={takenAt ?? dueAt} />{' '}
      {takenAt === null ? toCome(rung, view) : capitalised(whatBecameOf(rung, view))}
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

function toCome(rung: RungView, view: RequestView): string {
  if (rung.kind === 'card') return 'Card in the channel';
  if (rung.kind === 'page') return `Pager ${said(rung.pager ?? '', 60)} is called`;
  return `${capitalised(nameOfRung(rung, view))} are told`;
}
