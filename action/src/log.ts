import { approvalWords } from '../../src/ask/ending.ts';
import type { Passage } from '../../src/ask/pass.ts';
import {
  aligned,
  askedRows,
  clockTime,
  emergencyWords,
  newsLines,
  noteLines,
  oneLine,
  RETROSPECTIVE_DUE,
  timeLeft,
} from '../../src/ask/words.ts';
import { annotateWarning, endGroup, group, print, saveState } from './runner.ts';

const QUIET_LINE_MS = 60_000;

/** Tells the log of the run what is waited for, and leaves what the post part needs. */
export function logProgress(command: string, now: () => number): Pick<Passage, 'tell'> & { end(): void } {
  let ticker: NodeJS.Timeout | undefined;
  const end = () => clearInterval(ticker);
  const tell: Passage['tell'] = (progress) => {
    if (progress.kind === 'lost')
      return print(`Lost contact with the gate (${oneLine(progress.why)}), trying again`);
    if (progress.kind === 'back') return print('Contact is back');
    const { request } = progress;
    saveState('request', request.id);
    if (progress.kind === 'approved') {
      end();
      saveState('started', String(Date.now()));
      const words = oneLine(approvalWords(request));
      print(`${words.charAt(0).toUpperCase()}${words.slice(1)}; running it`);
      if (request.asked.emergency) annotateWarning('Emergency', RETROSPECTIVE_DUE);
      return;
    }
    if (request.state !== 'pending') return;
    if (progress.kind === 'changed') {
      const news = newsLines(progress.before, request);
      if (news.length > 0) print(news.join('\n'));
    } else {
      if (request.asked.emergency) annotateWarning('Emergency', emergencyWords(request));
      // Before the group: that one is folded.
      for (const note of noteLines(request)) print(`Read this first: ${note}`);
      group(`Asking to run in ${request.environment}`);
      print(aligned(askedRows(request, command, now())));
      endGroup();
      print(`Waiting for approval until ${clockTime(request.expires_at)}: ${oneLine(request.url)}`);
    }
    end();
    ticker = setInterval(() => print(`Still waiting, ${timeLeft(request, now())}`), QUIET_LINE_MS);
  };
  return { tell, end };
}
