/** @jsxRuntime automatic @jsxImportSource hono/jsx */
import type { Question } from '../core/request.ts';
import { SentTo } from './decide-part.tsx';
import { LONGEST_WORDS } from './limits.ts';
import { Moment, Quoted, Words } from './pieces.tsx';
import { isRequester, type Shown } from './shown.ts';

/** What reviewers asked the one who asked, and what came back. */
export const QuestionsPart = ({ shown }: { shown: Shown }) =>
  shown.view.questions.length === 0 ? null : (
    <section aria-label="Questions">
      <h2>Questions</h2>
      {shown.view.questions.map((question) => (
        <div class="question">
          <p>
            <b>
              <Words of={question.askedByName} max={60} />
            </b>{' '}
            asked, <Moment at={question.askedAt} />
          </p>
          <Quoted of={question.text} />
          <Answer shown={shown} question={question} />
        </div>
      ))}
    </section>
  );

const Answer = ({ shown, question }: { shown: Shown; question: Question }) => {
  if (question.answer !== null) {
    return (
      <div class="answer">
        <p>
          <b>
            <Words of={question.answeredByName ?? 'somebody'} max={60} />
          </b>{' '}
          answered{question.answeredAt && ', '}
          {question.answeredAt && <Moment at={question.answeredAt} />}
        </p>
        <Quoted of={question.answer} />
      </div>
    );
  }
  if (shown.view.state !== 'pending') return <p class="soft">It was not answered.</p>;
  if (!isRequester(shown)) return <p class="soft">Not answered yet.</p>;
  return (
    <SentTo shown={shown} verb="answer" id={`answer-${question.id}`}>
      <input type="hidden" name="question" value={String(question.id)} />
      <label>
        Your answer
        <textarea name="words" rows={3} maxlength={LONGEST_WORDS} required />
      </label>
      <button type="submit" class="primary">
        Answer
      </button>
    </SentTo>
  );
};
