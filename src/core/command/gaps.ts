/**
 * S3, accounting for every byte: what may stand between the things the parser reported. Anything else
 * (a comment, something the parser dropped, a separator it did not report) makes the command unreadable.
 */
const BLANK = String.raw`(?:[ \t]|\\\n)*`;
const LINES = String.raw`(?:[ \t\n]|\\\n)*`;

const GAPS = {
  start: new RegExp(`^${LINES}$`),
  end: new RegExp(`^${BLANK}(?:[;\\n]${LINES})?$`),
  ';': new RegExp(`^${BLANK}[;\\n]${LINES}$`),
  '&&': new RegExp(`^${BLANK}&&${LINES}$`),
  '||': new RegExp(`^${BLANK}\\|\\|${LINES}$`),
  '|': new RegExp(`^${BLANK}\\|${LINES}$`),
  'inside a command': new RegExp(`^${BLANK}$`),
  'between words': new RegExp(`^${BLANK}[ \\t]${BLANK}$`),
};

export type Gap = keyof typeof GAPS;

/** Whether a stretch of text between two things is only what may stand there. */
export const isGap = (kind: Gap, text: string): boolean =>
  (text === ' ' && (kind === 'between words' || kind === 'inside a command')) || GAPS[kind].test(text);
