import type { SimpleCommand } from '../command/walk.ts';
import type { RiskReason } from './assessment.ts';
import { readsCode } from './interpreter.ts';
import type { Scene } from './modifiers.ts';
import { part } from './part.ts';

const FETCHES = /^(curl|wget|fetch|http|https|xh|aria2c|lynx|lwp-request|GET|nc|ncat)$/;
const SENDS = /^(nc|ncat|netcat|socat|telnet|ftp|lftp)$/;

const isFetch = ({ command, call }: Scene): boolean =>
  FETCHES.test(call.program) ||
  (/^(aws|gsutil|gcloud|az)$/.test(call.program) && command.words.at(-1)?.value === '-');

const isDecoder = ({ call }: Scene): boolean => {
  const text = ` ${call.args.join(' ')} `;
  if (/^(base64|base32|openssl|gpg|uudecode)$/.test(call.program))
    return / (-d|-D|--decode|-di|-da|-dk) /.test(text) || call.program === 'uudecode';
  return call.program === 'xxd' && / -\w*r\w* /.test(text);
};

const unseen = (scene: Scene): RiskReason[] => [
  part(60, 'runs code nobody has seen', scene.command.span),
  part(25, 'that comes from the network', scene.command.span),
];

function sourceParts(sources: readonly Scene[], into: Scene, otherwise: number): RiskReason[] {
  if (sources.some(isFetch)) return unseen(into);
  if (sources.some(isDecoder)) return [part(85, 'runs decoded code nobody has seen', into.command.span)];
  return otherwise > 0 && sources.length > 0
    ? [part(otherwise, 'runs what another command prints', into.command.span)]
    : [];
}

/** `curl … | sh`, `base64 -d … | sh`, `… | nc`. */
function pipeParts(scenes: readonly Scene[]): RiskReason[] {
  const parts: RiskReason[] = [];
  for (const scene of scenes) {
    const { command, call } = scene;
    if (command.stageOfPipe === 0) continue;
    const before = scenes.filter(
      (other) =>
        other.command.pipeline === command.pipeline && other.command.stageOfPipe < command.stageOfPipe,
    );
    if (readsCode(command, call)) parts.push(...sourceParts(before, scene, command.input === null ? 45 : 0));
    const uploads =
      /^(curl|wget)$/.test(call.program) &&
      call.args.some(
        (arg) =>
          /^@-$|=@-$|^-T-$/.test(arg) ||
          (arg === '-' && call.args.some((one) => /^(-T|--upload-file)$/.test(one))),
      );
    if ((SENDS.test(call.program) || uploads) && command.input === null)
      parts.push(part(40, 'sends the output of a command over the network', command.span));
  }
  return parts;
}

const RUNS_TEXT = /^(eval|source|\.)$/;

/** `bash <(curl …)`, `sh -c "$(curl …)"`, `eval "$(…)"`, `python -c "$(…)"`. */
function substitutionParts(scenes: readonly Scene[], all: readonly SimpleCommand[]): RiskReason[] {
  const parts: RiskReason[] = [];
  for (const [index, command] of all.entries()) {
    const evaluates = RUNS_TEXT.test(command.program);
    const interprets = /^(sh|bash|dash|zsh|ksh|ash|fish|python[\d.]*|perl|ruby|node|php)$/.test(
      command.program,
    );
    if (!evaluates && !interprets) continue;
    const inside = scenes.filter(
      ({ command: child }) => child.via === 'substitution' && child.parent === index,
    );
    if (inside.length === 0) continue;
    const whole = command.words
      .slice(1)
      .some(({ value, dynamic }) => dynamic && /^(\$\(|`|<\()/.test(value.trim()));
    const into = inside[0]!;
    parts.push(
      ...sourceParts(whole || evaluates ? inside : [], { ...into, command }, evaluates ? 25 : whole ? 45 : 0),
    );
  }
  return parts;
}

/** `curl -o x.sh … && sh x.sh`: the file that was fetched is run. */
function fetchedThenRun(scenes: readonly Scene[]): RiskReason[] {
  const fetched = new Set<string>();
  const name = (path: string): string => path.replace(/^\.\//, '');
  for (const { command, call } of scenes) {
    const runs = [
      command.name,
      ...(/^(ba|z|k|da)?sh$|^(python|node|perl|ruby|source|\.)$/.test(call.program)
        ? call.operands.map((one) => one.value)
        : []),
    ];
    if (runs.some((path) => fetched.has(name(path))))
      return [
        part(60, 'runs code nobody has seen', command.span),
        part(25, 'that was just fetched from the network', command.span),
      ];
    if (!/^(curl|wget)$/.test(call.program)) continue;
    for (const option of call.options)
      if (/^(-o|-O|--output|--output-document)$/.test(option.name))
        fetched.add(name(option.value ?? option.next ?? ''));
    for (const { operator, target } of command.redirections)
      if (/^>/.test(operator) && target) fetched.add(name(target.value));
    for (const { value } of call.operands)
      if (/^\w+:\/\//.test(value)) fetched.add(value.slice(value.lastIndexOf('/') + 1));
  }
  return [];
}

const FORK_BOMB = /(\S{1,32})\s*\(\)\s*\{\s*\1\s*\|\s*\1\s*&?\s*;?\s*\}/;

/** Parts that no command has alone: what two of them do together. `all` is the list that `parent` points into. */
export function crossParts(
  scenes: readonly Scene[],
  all: readonly SimpleCommand[],
  text: string,
): RiskReason[] {
  const parts = [...pipeParts(scenes), ...substitutionParts(scenes, all)];
  if (parts.length === 0) parts.push(...fetchedThenRun(scenes));
  if (FORK_BOMB.test(text.slice(0, 4096))) parts.push(part(90, 'fork bomb'));
  const seen = new Set<string>();
  return parts.filter((one) => !seen.has(one.id) && seen.add(one.id));
}
