import type { Command } from '../command/command.ts';
import { callsOf, subcommandsOf } from '../command/family.ts';
import { REDACTED } from '../command/redact.ts';
import type { Call, Operand } from '../risk/row.ts';

/** What a note is about: a kind of command, and what it was done to. */
export interface Topic {
  /** `kubectl rollout restart` */
  family: string;
  /** `deployment/api`; null: whatever. */
  target: string | null;
}

const MOST = 4;
const LONGEST_TARGET = 200;

/** They are in every script and say nothing of what it does. */
const SCAFFOLDING = new Set(
  'cd pushd popd echo printf set export unset true false : sleep test [ pwd wait read source . exit'.split(
    ' ',
  ),
);

/** What a command is about: of compound commands one topic a family. None for what is no command. */
export function topicsOf(command: Command): Topic[] {
  const calls = callsOf(command);
  const telling = calls.filter(({ program }) => !SCAFFOLDING.has(program));
  const byFamily = new Map<string, Topic>();
  for (const call of telling.length > 0 ? telling : calls) {
    const subcommands = subcommandsOf(call);
    const family = [call.program, ...subcommands].join(' ');
    const target = targetOf(call, subcommands);
    const known = byFamily.get(family);
    // Done to several things, it is about all of them.
    if (known && known.target !== target) known.target = null;
    else if (!known) byFamily.set(family, { family, target });
  }
  return [...byFamily.values()].slice(0, MOST);
}

/** `kubectl rollout restart deployment/api`, for people and as the name of what is counted together. */
export const topicName = ({ family, target }: Topic): string =>
  target === null ? family : `${family} ${target}`;

function targetOf({ program, operands }: Call, subcommands: string[]): string | null {
  const rest = without(operands, subcommands);
  const sure = rest.filter(({ maybeValue }) => !maybeValue);
  const [first, second] = (sure.length > 0 ? sure : rest).map(({ value }) => value);
  if (first === undefined) return null;
  const target = program === 'kubectl' ? resource(first, second) : withoutVersion(first);
  return isTelling(target) ? target : null;
}

/** The operands after the words that say which command it is. */
function without(operands: readonly Operand[], words: string[]): Operand[] {
  const left = [...words];
  return operands.filter(({ value }) => {
    if (value !== left[0]) return true;
    left.shift();
    return false;
  });
}

/** Short names of kinds, and what they are short for. */
const KINDS: Record<string, string> = {
  deploy: 'deployment',
  ns: 'namespace',
  svc: 'service',
  sts: 'statefulset',
  ds: 'daemonset',
  po: 'pod',
  cm: 'configmap',
  ing: 'ingress',
  ingresses: 'ingress',
  no: 'node',
  pvc: 'persistentvolumeclaim',
  pv: 'persistentvolume',
  cj: 'cronjob',
};

/** `deploy api` and `deployments/api` are `deployment/api`. */
function resource(first: string, second: string | undefined): string {
  const [kind = '', name] = first.split('/', 2);
  const own = name ?? (/^[a-z]+$/.test(first) ? second : undefined);
  const known = KINDS[kind] ?? kind.replace(/(?<!s)s$/, '');
  return own === undefined || own.includes('=') ? first : `${known}/${own}`;
}

/** The version of an image or package changes with every deploy; what is deployed does not. */
const withoutVersion = (word: string): string =>
  word.replace(/@sha256:[0-9a-f]+$/i, '').replace(/(?<=.[^/:]):[\w.-]*\d[\w.-]*$|(?<=.[^/:]):latest$/, '');

const isTelling = (target: string): boolean =>
  target !== '' &&
  target.length <= LONGEST_TARGET &&
  !target.includes(REDACTED) &&
  !/[\s$`*?\p{C}]/u.test(target) &&
  !/^-|^[\d.]+$|=/.test(target);
