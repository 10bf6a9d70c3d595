import { keepRule } from '../../gate/keep-rule.ts';
import type { Author } from '../../gate/rules.ts';
import { acceptSuggestion } from '../../gate/suggestions/accept.ts';
import type { AnswerRefusal } from '../../gate/suggestions/answer.ts';
import { refuseSuggestion } from '../../gate/suggestions/never.ts';
import { postponeSuggestion } from '../../gate/suggestions/not-now.ts';
import { undoAcceptance } from '../../gate/suggestions/undo.ts';
import { rulesReading } from '../../store/rules.ts';
import { findSuggestion, type SuggestionRow } from '../../store/suggestions.ts';
import { sentence, tell } from '../answers.ts';
import type { Click } from '../clicks.ts';
import { mayChangeRules } from '../rule-author.ts';
import type { Values } from '../rule-fields.ts';
import type { Slack } from '../slack.ts';
import { answeredView } from './open-suggestion.ts';
import { answerRefusal } from './refusal-words.ts';
import { acceptChoices } from './suggestion-modal.ts';
import { type InModal, notice, refreshList, show } from './views.ts';

type Refusal = { ok: false } & (AnswerRefusal | { code: 'nothing-to-undo' | 'mainly-own' });
type Outcome = { ok: true; suggestion: SuggestionRow } | Refusal;
type Verb = (author: Author, row: SuggestionRow) => Promise<Outcome>;

/** Accepts what was seen, or removes it when it is a prune. */
export const acceptSubmitted = (slack: Slack, at: InModal, values: Values): Promise<void> =>
  answer(slack, at, (author, { id, body }) => {
    const given = { id, version: at.from.version };
    if (body.kind === 'prune') return acceptSuggestion(slack.deps, author, given);
    return acceptSuggestion(slack.deps, author, { ...given, ...acceptChoices(values) });
  });

export const notNowPressed = (slack: Slack, at: InModal): Promise<void> =>
  answer(slack, at, (author, { id }) =>
    postponeSuggestion(slack.deps, author, { id, version: at.from.version }),
  );

export const neverPressed = (slack: Slack, at: InModal): Promise<void> =>
  answer(slack, at, (author, { id }) =>
    refuseSuggestion(slack.deps, author, { id, version: at.from.version }),
  );

/** What was to leave stays: the notice is taken off its rules, too, and what expires lives on. */
export const keepPressed = (slack: Slack, at: InModal): Promise<void> =>
  answer(slack, at, async (author, { id, body }) => {
    for (const rule of await rulesReading(slack.deps.database.db, body, body.replaces)) {
      const kept = await keepRule(slack.deps, author, rule.id);
      if (!kept.ok && kept.code === 'mainly-own') return { ok: false, code: kept.code };
    }
    return refuseSuggestion(slack.deps, author, { id, version: at.from.version });
  });

/** Does it if this person may, and shows in the modal and in the list what came of it. */
async function answer(slack: Slack, at: InModal, verb: Verb): Promise<void> {
  const row = await findSuggestion(slack.deps.database.db, at.from.requestId);
  if (!row) return refuse(slack, at, { ok: false, code: 'unknown-suggestion' });
  const { author, refused } = await mayChangeRules(slack, at.clicker, row.environment);
  if (!author) return show(slack, at, notice(refused), refused);
  const done = await verb(author, row);
  if (!done.ok) return refuse(slack, at, done);
  slack.wake();
  await show(slack, at, await answeredView(slack, done.suggestion), null);
  await refreshList(slack, at);
}

async function refuse(slack: Slack, at: InModal, refused: Refusal): Promise<void> {
  const message = sentence(answerRefusal(refused));
  await show(slack, at, notice(message), message);
}

/** Takes an acceptance back. The message it was pressed on, and the one in the channel, say so then. */
export async function undoPressed(slack: Slack, click: Click, at: InModal | null): Promise<void> {
  const row = await findSuggestion(slack.deps.database.db, click.requestId);
  const say = (words: string) => tell(slack, click.asker, sentence(words));
  if (!row) return say(answerRefusal({ code: 'unknown-suggestion' }));
  const { author, refused } = await mayChangeRules(slack, click.clicker, row.environment);
  if (!author) return tell(slack, click.asker, refused);
  const done = await undoAcceptance(slack.deps, author, row.id);
  if (!done.ok) return say(answerRefusal(done));
  slack.wake();
  if (at) await show(slack, at, await answeredView(slack, done.suggestion), null);
}
