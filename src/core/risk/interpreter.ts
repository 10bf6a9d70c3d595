import { isShell } from '../command/unwrap.ts';
import type { SimpleCommand } from '../command/walk.ts';
import { type Base, base, part } from './part.ts';
import type { Call } from './row.ts';
import { judgeName } from './scripts.ts';

const INTERPRETERS =
  /^(python|pypy3?|perl|ruby|node|deno|bun|php|lua|luajit|tclsh|expect|osascript|Rscript|pwsh|powershell|tsx|ts-node|groovy|scala|jshell|julia|R|irb|elixir|erl|iex)$/;
const INLINE = /^(-c|-e|-E|-r|-p|-pe|-ne|-le|-ane|--eval|--print|-Command|-EncodedCommand|-enc)$/;

/** Whether the command runs code that it reads on standard input. */
export function readsCode(command: SimpleCommand, call: Call): boolean {
  const operands = call.operands.filter(({ value }) => value !== '-');
  if (isShell(call.program))
    return (
      !command.isWrapper &&
      (operands.length === 0 || call.options.some(({ name }) => /^-[a-z]*s$/.test(name)))
    );
  return (
    INTERPRETERS.test(call.program) &&
    operands.length === 0 &&
    !call.options.some(({ name }) => INLINE.test(name) || /^(-v|-V|--version|-m)$/.test(name))
  );
}

/** Shells and interpreters: inline code, a script by its name, what comes through a pipe, or a session. */
export function interpreter(command: SimpleCommand, call: Call): Base | null {
  const shell = isShell(call.program);
  if (!shell && !INTERPRETERS.test(call.program)) {
    if (call.program !== 'source' && call.program !== '.') return null;
    return base(15, 'runs a file in this shell', 'local');
  }
  const text = call.args.join(' ');
  if (/\/dev\/(tcp|udp)\//.test(text + command.redirections.map((one) => one.target?.value).join(' ')))
    return base(90, 'reverse shell');
  if (call.options.some(({ name }) => /^(--version|-V|--help)$/.test(name)) && call.operands.length === 0)
    return base(0, 'shows help', 'reads');
  if (call.options.some(({ name }) => INLINE.test(name))) {
    if (/socket/.test(text) && /subprocess|pty|spawn|\/bin\/(ba)?sh|exec/.test(text))
      return base(90, 'reverse shell');
    if (/rmtree|unlink|rmSync|rimraf|os\.remove|shutil|drop_all|dropDatabase|delete_many\(\{\}\)/.test(text))
      return { parts: [part(35, 'inline code'), part(25, 'that deletes')], touches: 'shared' };
    return base(35, 'inline code');
  }
  if (call.options.some(({ name }) => /^-(n)$/.test(name)) && shell && call.operands.length > 0)
    return base(3, 'checks a script', 'reads');
  if (readsCode(command, call)) {
    if (command.stageOfPipe > 0 || command.input !== null || command.via === 'input')
      return base(5, 'runs what it reads');
    return base(40, 'interactive shell, rest unseen');
  }
  const script = call.operands[0]?.value ?? '';
  const judged = judgeName(script.slice(script.lastIndexOf('/') + 1), call.operands[1]?.value ?? '');
  if (judged) return { parts: [part(judged.points, judged.why)], touches: judged.touches };
  return shell
    ? base(30, 'runs a script, its content unseen')
    : base(15, 'runs code of the project', 'local');
}
