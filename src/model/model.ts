import type { Suggestion } from '../core/learning/suggestion.ts';
import type { ModelText, ReasonClusters, SuggestionWords } from '../core/model-words.ts';
import type { Request } from '../core/request.ts';

/**
 * The optional language model. It writes texts that people read, nothing else: every answer is text or null, and null
 * is what comes of a time-out, a refusal, nonsense, a fault or a pause. No method throws. What is sent is redacted.
 */
export interface Model {
  /** As configured. */
  name: string;
  /** Whether unusual commands are explained on their cards. */
  explains: boolean;
  /** It failed several times in a row and is left alone for a while: whoever can wait does not ask. */
  isResting(): boolean;
  /** One or two plain sentences (300 characters) on what a command does. null for one of more than 6,000 characters. */
  explainCommand(request: Explained): Promise<ModelText | null>;
  /** A title (80 characters) and a sentence (240) for a suggestion. Never for a prune: its cause says it all. */
  describeSuggestion(suggestion: Suggestion): Promise<SuggestionWords | null>;
  /** What the notes of a family say together (400 characters); of 2 notes or more, the first 40 are read. */
  summariseNotes(notes: NotesOfFamily): Promise<ModelText | null>;
  /** Which deny reasons mean the same: labels of 60 characters; of 2 reasons or more, the first 60 are read. */
  clusterReasons(reasons: readonly string[]): Promise<ReasonClusters | null>;
  /** Asks it for one word, whether it rests or not, and says what is wrong. For `gate doctor`. */
  check(): Promise<ModelCheck>;
  /** Ends what is under way, without an answer; from now on every answer is null. */
  close(): void;
}

export type Explained = Pick<Request, 'command' | 'environment' | 'assessment'>;

export interface NotesOfFamily {
  /** Program and subcommands: `kubectl set image`. */
  family: string;
  environment: string;
  /** The words of people, without their names; what matters most first. */
  notes: readonly string[];
}

export type ModelCheck = { ok: true; seconds: number } | { ok: false; problem: string; mend: string };

/** What comes of asking. Only `answered` brings a text. */
export type AskedResult =
  | 'answered'
  /** It declined. */
  | 'refused'
  /** Not in the form that was asked for. */
  | 'nonsense'
  /** In the form, and nothing that is shown to people: a link, a mention, advice, too long. */
  | 'unfit'
  /** It ran out of room. */
  | 'cut'
  | 'timeout'
  | 'unreachable'
  /** Its server answers with an error. */
  | 'error'
  /** It rests, too many others wait, or the gate is closing: it was not asked. */
  | 'not-asked';

/** One question, for logs and metrics: no word of what was asked or answered. */
export interface Asked {
  prompt: string;
  result: AskedResult;
  seconds: number;
  /** Of an error: the status of HTTP. */
  status?: number;
}
