import { approvalWords, type Ending, type Verdict } from '../../src/ask/ending.ts';
import { riskWords } from '../../src/ask/words.ts';
import { visible } from '../../src/core/command/visible.ts';
import { duration } from '../../src/core/duration.ts';

/**
 * What the page of the run shows: one block of HTML without a blank line, so that nothing in it is read as Markdown.
 * Everything that others wrote is escaped.
 */
export function summaryOf(
  ending: Ending,
  verdict: Verdict,
  asked: { command: string; environment: string },
): string {
  const { request } = ending;
  const execution = ending.kind === 'ran' && ending.execution.started ? ending.execution : null;
  const isGood = execution !== null && verdict.exitCode === 0;
  const rows: [string, string | null][] = [
    ['Command', `<pre>${escaped(asked.command)}</pre>`],
    ['Environment', escaped(asked.environment)],
    ['Risk', request && escaped(riskWords(request))],
    ['Decision', escaped(ending.kind === 'ran' ? approvalWords(ending.request) : verdict.headline)],
    ['What to do', verdict.hint && escaped(verdict.hint)],
    ['Exit code', execution && `${verdict.exitCode}, after ${duration(execution.durationMs)}`],
    ['Request', request && link(request.url, request.id)],
  ];
  const cells = rows
    .filter(([, value]) => value)
    .map(([name, value]) => `<tr><th align="left">${name}</th><td>${value}</td></tr>`);
  const heading = `${isGood ? '✅' : '⛔'} Gatehouse: ${escaped(titleOf(ending, verdict))}`;
  return `<h3>${heading}</h3><table>${cells.join('')}</table>\n`;
}

function titleOf(ending: Ending, { word, exitCode }: Verdict): string {
  if (ending.kind !== 'ran') return word;
  return exitCode === 0 ? 'approved and run' : 'approved, but the command failed';
}

const link = (url: string, text: string): string =>
  /^https?:\/\//.test(url) ? `<a href="${escaped(url)}">${escaped(text)}</a>` : escaped(text);

const ENTITIES: Record<string, string> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  '\n': '&#10;',
};

const escaped = (text: string): string =>
  visible(text).replace(/[&<>"\n]/g, (character) => ENTITIES[character]!);
