/** Longest reason, question and answer. */
export const LONGEST_WORDS = 1000;
