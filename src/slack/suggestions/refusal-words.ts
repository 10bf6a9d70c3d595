import type { AnswerRefusal } from '../../gate/suggestions/answer.ts';
import type { SuggestionState } from '../../store/schema.ts';
import { said } from '../blocks.ts';

/** Why an answer to a suggestion did not count, and what to do now. */
export function answerRefusal(refused: AnswerRefusal | { code: 'nothing-to-undo' | 'mainly-own' }): string {
  switch (refused.code) {
    case 'unknown-suggestion':
      return 'There is no such suggestion any more. /gate rules lists them.';
    case 'answered-before':
      return answeredBefore(refused.state, refused.byName);
    case 'suggestion-changed':
      return 'This suggestion has changed since you opened it. Open it again to see what it says now.';
    case 'retrospective-due':
      return 'A retrospective of an emergency is still due in this environment. Give it first: its card has the button.';
    case 'unknown-environment':
      return 'This environment is not configured any more.';
    case 'same-person':
      return 'You have accepted this already. Somebody else has to accept it, too.';
    case 'denied-since':
      return `Somebody has denied a command that these rules would cover: ${said(refused.command, 300)}`;
    case 'invalid-rule':
      return `These rules cannot be saved: ${said(refused.why, 300)}.`;
    case 'not-narrower':
      return `That leads nowhere: ${said(refused.why, 300)}.`;
    case 'nothing-to-undo':
      return 'There is nothing left to take back.';
    case 'mainly-own':
      return 'This rule mainly serves your own commands. Somebody else has to keep it.';
  }
}

function answeredBefore(state: SuggestionState, byName: string | null): string {
  const who = byName ? ` by ${said(byName, 80)}` : '';
  switch (state) {
    case 'accepted':
      return `It was accepted${who} already.`;
    case 'never':
      return `It was refused or narrowed${who} already.`;
    case 'not-now':
      return `It was put off${who} already.`;
    case 'withdrawn':
      return 'It was withdrawn: something it covers was denied, or is covered by now.';
    case 'superseded':
      return 'A newer suggestion has taken its place. /gate rules lists it.';
    case 'open':
    case 'half':
      return 'It has changed meanwhile. Open it again.';
  }
}
