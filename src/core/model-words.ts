// What a language model wrote. It is shown as text, marked as such; nothing is decided by it.

/** Which prompt and which model a text came from: every record of a text names both. */
export interface WrittenBy {
  /** A file of `prompts/` and its version: `explain-command@1`. */
  prompt: string;
  /** The name of the model, as configured. */
  model: string;
}

export interface ModelText extends WrittenBy {
  text: string;
}

/** How a suggestion is called, and one sentence about it. */
export interface SuggestionWords extends WrittenBy {
  title: string;
  sentence: string;
}

/** Reasons that mean the same, by their places in the list that was asked about; each stands in at most one. */
export interface ReasonClusters extends WrittenBy {
  clusters: { label: string; reasons: number[] }[];
}

/** Stands beside every explanation. */
export const BY_A_MODEL = 'Explained by a language model; it does not decide.';
