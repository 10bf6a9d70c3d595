/** @jsxRuntime automatic @jsxImportSource hono/jsx */
import { cautionsOf } from '../core/cautions.ts';
import { saidEnds } from '../core/command/said.ts';
import { isComparable, type WordChange } from '../core/command/word-diff.ts';
import type { Note, RequestView } from '../core/request.ts';
import { howItWent } from '../core/standing.ts';
import { grouped } from '../core/wording.ts';
import { Escaped, Fact, Moment, Words } from './pieces.tsx';
import { commandOnPage, isLong } from './shown-command.ts';

/** The exact command, whole, and whatever somebody could take for something else than it is. */
export const CommandPart = ({ view }: { view: RequestView }) => {
  const { text, missing } = commandOnPage(view.command);
  return (
    <>
      <pre class="command">
        <code>
          <Escaped text={text} />
        </code>
      </pre>
      {missing > 0 && (
        <p class="caution">
          {grouped(missing)} more characters are not shown: this command has too many invisible characters, so
          it cannot be approved. Deny it and ask for a clean one.
        </p>
      )}
      {missing === 0 && isLong(view.command) && (
        <p class="soft end">
          End of the command: {grouped(text.length)} characters, {grouped(text.split('\n').length)} lines.
        </p>
      )}
      {(view.cwd || view.program) && (
        <p class="soft">
          {view.cwd && (
            <>
              In{' '}
              <code>
                <Words of={view.cwd} max={500} />
              </code>
            </>
          )}
          {view.program && (
            <>
              {view.cwd ? ', program ' : 'Program '}
              <code>
                <Words of={view.program.path} max={500} />
              </code>
            </>
          )}
        </p>
      )}
      <Cautions view={view} />
    </>
  );
};

const Cautions = ({ view }: { view: RequestView }) => {
  const { isHidden, isRightToLeft, alike } = cautionsOf(view);
  return (
    <>
      {isHidden && <p class="caution">Invisible or control characters are in it, shown as ⟦U+…⟧.</p>}
      {alike.length > 0 && (
        <p class="caution">
          Letters that only look like Latin ones:{' '}
          {alike.slice(0, 5).map((word) => (
            <>
              <code>
                <Words of={word} max={60} />
              </code>{' '}
            </>
          ))}
        </p>
      )}
      {isRightToLeft && (
        <p class="caution">
          Right-to-left text is in it. The command above stands in the order in which it runs.
        </p>
      )}
      {view.newerWaits && (
        <p class="caution">
          A newer run of this step waits, too: <Words of={view.newerWaits} max={60} />.
        </p>
      )}
    </>
  );
};

/** Why commands like it were denied before: it may hold again. */
export const Notes = ({ view }: { view: RequestView }) => (
  <>
    {view.notes.map((note) => (
      <Fact name={note.isPinned ? '📌 Note' : 'Note'}>
        <Origin note={note} />
        {note.about !== null && (
          <>
            , of{' '}
            <code>
              <Words of={note.about} max={200} />
            </code>
          </>
        )}
        : <Words of={note.reason} max={1000} />
      </Fact>
    ))}
  </>
);

const Origin = ({ note: { denials, by, at } }: { note: Note }) => {
  const who = <Words of={by || 'somebody'} max={60} />;
  if (denials > 1)
    return (
      <>
        denied {denials} times, last <Moment at={at} />, first by {who}
      </>
    );
  return (
    <>
      {denials === 1 && 'denied '}by {who} <Moment at={at} />
    </>
  );
};

/** How the last one of its kind went, and what differs from it. */
export const Comparison = ({ view }: { view: RequestView }) => {
  if (!isComparable(view.changes)) return null;
  const went = view.lastRun && howItWent({ state: 'approved', ...view.lastRun });
  return (
    <>
      <Fact name="Last like it">
        {view.lastRun && went && (
          <>
            {went.mark} {went.words}, <Moment at={view.lastRun.startedAt} />
          </>
        )}
      </Fact>
      <Fact name="Changed since">{view.changes && <Changes changes={view.changes} />}</Fact>
    </>
  );
};

/** Gone words struck out, new ones underlined; of long unchanged stretches only what is next to a change. */
const Changes = ({ changes }: { changes: WordChange[] }) => (
  <code class="changes">
    {changes.map((change, index) => {
      const isNear = changes.slice(Math.max(0, index - 2), index + 3).some(({ kind }) => kind !== 'same');
      if (change.kind === 'same' && index > 0 && !isNear) {
        const isFirstLeftOut =
          index === 1 || changes.slice(index - 3, index).some(({ kind }) => kind !== 'same');
        return isFirstLeftOut ? '… ' : null;
      }
      const word = <Escaped text={saidEnds(change.word, 200)} />;
      if (change.kind === 'added') return [<ins>{word}</ins>, ' '];
      return change.kind === 'removed' ? [<del>{word}</del>, ' '] : [word, ' '];
    })}
  </code>
);
