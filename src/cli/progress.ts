import type { RequestBody } from '../api.ts';
import { approvalWords } from '../ask/ending.ts';
import type { Passage } from '../ask/pass.ts';
import {
  aligned,
  approvalsWords,
  askedRows,
  emergencyWords,
  newsLines,
  noteLines,
  oneLine,
  READ_FIRST,
  RETROSPECTIVE_DUE,
  timeLeft,
} from '../ask/words.ts';

type Told = Parameters<Passage['tell']>[0];

export interface ProgressPrinter {
  tell(progress: Told): void;
  warn(text: string): void;
  /** Takes the live line off the screen. */
  end(): void;
}

const QUIET_LINE_MS = 60_000;
const FRAME_MS = 250;
const FRAMES = ['⠋', '⠙', '⠹', '⠸', '⠼', '⠴', '⠦', '⠧', '⠇', '⠏'];

/**
 * Tells on stderr what is waited for: with a live last line on a terminal, elsewhere a line when something changes and
 * one a minute.
 */
export function printProgress(options: {
  command: string;
  now: () => number;
  isLive: boolean;
}): ProgressPrinter {
  const { command, now, isLive } = options;
  let current: RequestBody | null = null;
  let frame = 0;
  let ticker: NodeJS.Timeout | null = null;

  const clear = () => isLive && process.stderr.write('\r\x1b[2K');
  const print = (text: string) => {
    clear();
    process.stderr.write(text);
  };
  const tick = () => {
    if (current && isLive) print(liveLine(current, now(), FRAMES[frame++ % FRAMES.length]!));
    else if (current) print(`gate: still waiting, ${timeLeft(current, now())}\n`);
  };
  const stop = () => {
    if (ticker) clearInterval(ticker);
    ticker = null;
    if (current) clear();
    current = null;
  };

  return {
    tell: (progress) => {
      if (progress.kind === 'lost') print(`gate: lost contact (${oneLine(progress.why)}), trying again\n`);
      else if (progress.kind === 'back') print('gate: contact is back\n');
      else if (progress.kind === 'approved') {
        stop();
        process.stderr.write(`gate: ${oneLine(approvalWords(progress.request))}; running it\n`);
        if (progress.request.asked.emergency) process.stderr.write(`gate: ${RETROSPECTIVE_DUE}\n`);
      } else if (progress.request.state !== 'pending') stop();
      else {
        if (progress.kind === 'asked') print(whatIsAsked(progress.request, command, now()));
        else for (const line of newsLines(progress.before, progress.request)) print(`gate: ${line}\n`);
        current = progress.request;
        ticker ??= setInterval(tick, isLive ? FRAME_MS : QUIET_LINE_MS);
      }
    },
    warn: (text) => print(`gate: ${oneLine(text)}\n`),
    end: stop,
  };
}

function whatIsAsked(request: RequestBody, command: string, now: number): string {
  const rows = aligned(askedRows(request, command, now), '      ');
  const alarm = request.asked.emergency ? `gate: ${emergencyWords(request)}\n` : '';
  const notes = noteLines(request).map((note) => `      ${note}\n`);
  const first = notes.length > 0 ? `gate: ${READ_FIRST}:\n${notes.join('')}` : '';
  return `${first}${alarm}gate: waiting for approval in ${oneLine(request.environment)}\n${rows}`;
}

function liveLine(request: RequestBody, now: number, frame: string): string {
  const approvals = request.asked.approvals.length > 0 ? `, ${approvalsWords(request)}` : '';
  const line = `${frame} waiting, ${timeLeft(request, now)}${approvals}  (Ctrl-C withdraws)`;
  return oneLine(line).slice(0, (process.stderr.columns ?? 80) - 1);
}
