import type { SimpleCommand } from '../command/walk.ts';
import type { RiskReason } from './assessment.ts';
import { part } from './part.ts';
import type { Call } from './row.ts';

const SYSTEM =
  /^\/(etc|usr|var|bin|sbin|lib|lib32|lib64|boot|opt|srv|root|home|sys|proc|dev|run|data|mnt|Library|System|Applications)(\/|$)/;
const WHOLE =
  /^(\/|\/\.|\/(etc|usr|var|bin|sbin|lib|lib32|lib64|boot|opt|srv|root|home|sys|proc|dev|run|data|mnt|System|Library|Users|Applications)|\/(home|Users)\/[^/]+|\/var\/(lib|log|www|spool|cache)|\/usr\/(bin|sbin|lib|local|share)|\/etc\/(ssh|ssl|systemd|pam\.d|kubernetes))$/;
const HOME = /^(~[\w-]*|\$HOME|\$\{HOME\}|\$\{?USERPROFILE\}?)$/;
const REGENERABLE =
  /(^|\/)(node_modules|dist|build|target|out|coverage|\.next|\.nuxt|\.cache|cache|__pycache__|\.pytest_cache|\.mypy_cache|\.tox|\.venv|venv|\.gradle|\.terraform|\.turbo|\.parcel-cache|\.eggs|[\w.-]+\.egg-info|obj|\.svelte-kit|public\/build|tmp|temp)(\/|$)|^\/(var\/)?tmp\/.|\.(tmp|pyc|o|bak|swp|log)$/;

/** A path without `//`, `/./`, `..` and a closing `/` or `/*`. */
function normal(path: string): string {
  const segments: string[] = [];
  for (const segment of path.split('/')) {
    if (segment === '' || segment === '.') continue;
    if (segment === '..' && segments.length > 0 && segments.at(-1) !== '..') segments.pop();
    else segments.push(segment);
  }
  while (segments.at(-1) === '*' || segments.at(-1) === '.*' || segments.at(-1) === '**') segments.pop();
  return (path.startsWith('/') ? '/' : '') + segments.join('/');
}

const everything = (path: string): boolean =>
  path !== '*' && (WHOLE.test(normal(path)) || HOME.test(normal(path)) || /^[A-Za-z]:\\?$/.test(path));

interface Target {
  value: string;
  glob: boolean;
  dynamic: boolean;
}

/** The paths a command deletes or changes. */
function targetsOf(command: SimpleCommand, call: Call): Target[] {
  const words = command.words.slice(1).filter(({ value }) => !/^-./.test(value));
  const targets = words.filter(({ value }) => call.operands.some((operand) => operand.value === value));
  if (call.program === 'find') return targets.slice(0, 1);
  return /^(chmod|chown|chgrp|setfacl|chattr)$/.test(call.program) ? targets.slice(1) : targets;
}

const DELETES = /^(rm|rmdir|unlink|shred|srm|wipe|find|truncate|mv)$/;
const CHANGES = /^(chmod|chown|chgrp|setfacl|chattr)$/;

const has = (call: Call, pattern: RegExp): boolean => call.options.some(({ name }) => pattern.test(name));

function modeParts(call: Call): RiskReason[] {
  const mode = call.operands[0]?.value ?? '';
  if (call.program !== 'chmod') return [];
  const parts: RiskReason[] = [];
  if (/^[0-7]?[0-7][0-7][2367]$/.test(mode) || /(^|,)[ugoa]*[oa][ugoa]*[+=][rxXst]*w/.test(mode))
    parts.push(part(20, 'world access'));
  if (/^[24-7][0-7]{3}$/.test(mode) || /(^|,)[ugoa]*[+=][rwxXt]*s/.test(mode))
    parts.push(part(45, 'runs as its owner, whoever starts it (setuid)'));
  return parts;
}

function placeParts(program: string, targets: Target[], deletes: boolean): RiskReason[] {
  if (targets.some(({ value }) => everything(value)))
    return [part(60, 'root, home or a whole system directory')];
  const parts: RiskReason[] = [];
  const temporary = /^\/(var\/)?tmp\//;
  if (targets.some(({ value }) => SYSTEM.test(normal(value)) && !temporary.test(normal(value))))
    parts.push(part(15, 'system path'));
  const globs = targets.filter((target) => target.glob);
  if (
    targets.some(
      ({ value }) => /^(\*|\.\/\*|\.|\.\.|\.\/|\.\.\/.*)$/.test(value) && deletes && program !== 'find',
    )
  )
    parts.push(part(20, 'everything here'));
  else if (globs.length > 0) parts.push(part(10, 'shell glob'));
  const safe =
    targets.length > 0 &&
    targets.every(({ value }) => REGENERABLE.test(normal(value)) && !/^\/(?!(var\/)?tmp\/)/.test(value));
  if (deletes && safe && !parts.some((one) => one.points === 20)) parts.push(part(-20, 'can be made again'));
  return parts;
}

/** What the targets of rm, mv, chmod, chown, find -delete and the like add to their base. */
export function targetParts(command: SimpleCommand, call: Call): RiskReason[] {
  const deletes = DELETES.test(call.program);
  if (!deletes && !CHANGES.test(call.program)) return [];
  if (
    call.program === 'find' &&
    !/(^| )(-delete|-exec(dir)? (rm|shred|unlink|mv|chmod|chown))( |$)/.test(call.args.join(' '))
  )
    return [];
  const parts: RiskReason[] = [];
  if (call.program === 'rm' && has(call, /^-[a-zA-Z]*[rR][a-zA-Z]*$|^--recursive$/))
    parts.push(part(20, 'recursive'));
  if (call.program === 'rm' && has(call, /^-[a-zA-Z]*f[a-zA-Z]*$|^--force$/))
    parts.push(part(5, 'no confirmation'));
  if (CHANGES.test(call.program) && has(call, /^-[a-zA-Z]*R[a-zA-Z]*$|^--recursive$/))
    parts.push(part(15, 'recursive'));
  const mode = modeParts(call);
  const opens = mode.length > 0 && targetsOf(command, call).some(({ value }) => ACCESS.test(normal(value)));
  if (opens) mode.push(part(40, 'opens a file that gives access'));
  return [
    ...parts,
    ...mode,
    ...placeParts(call.program, targetsOf(command, call), deletes && call.program !== 'mv'),
  ];
}

const DEVICE = /^\/dev\/(sd|hd|vd|xvd|nvme|disk|mmcblk|mapper|md|dm-|loop|mem|kmem|port)/;
const ACCESS =
  /(^|\/)(sudoers(\.d\/.*)?|authorized_keys2?|\.bashrc|\.bash_profile|\.profile|\.zshrc|\.zshenv|\.bash_login|\.ssh\/(config|rc))$|^\/etc\/(passwd|shadow|gshadow|group|profile|profile\.d\/.*|bash\.bashrc|environment|pam\.d\/.*|security\/.*|cron[\w.]*(\/.*)?|anacrontab|rc\.local|init\.d\/.*|ld\.so\.(preload|conf.*)|ssh\/sshd_config.*|sudo\.conf)$|^\/var\/spool\/cron|\.git\/hooks\/|\/Launch(Agents|Daemons)\//;
const SYSTEM_FILE = /^\/(etc|usr|bin|sbin|lib|lib64|boot|sys|proc|System|Library)\/./;

function writtenBy(command: SimpleCommand, call: Call): string[] {
  const operands = call.operands.map((one) => one.value);
  const written = command.redirections
    .filter(({ operator }) => /^(>|>>|>\||&>|&>>|<>)$/.test(operator))
    .map(({ target }) => target?.value ?? '');
  if (/^(tee|sponge|truncate|touch|mkfifo|sudoedit)$/.test(call.program)) written.push(...operands);
  if (/^(cp|mv|install|ln|rsync|scp|ditto)$/.test(call.program) && operands.length > 1)
    written.push(operands.at(-1)!);
  if (/^(sed|perl)$/.test(call.program) && has(call, /^-[a-zA-Z]*i|^--in-place/)) written.push(...operands);
  if (call.program === 'vim') written.push(...operands);
  for (const { name, value, next } of call.options) {
    if (
      /^(curl|wget|tar|unzip|openssl|gpg)$/.test(call.program) &&
      /^(-o|-O|--output|--output-document|-C|--directory|-d|-out)$/.test(name)
    ) {
      written.push(value ?? next ?? '');
    }
    if (/^(cp|mv|install|ln)$/.test(call.program) && /^(-t|--target-directory)$/.test(name))
      written.push(value ?? next ?? '');
  }
  if (call.program === 'dd')
    written.push(...operands.filter((one) => one.startsWith('of=')).map((one) => one.slice(3)));
  return written;
}

/** `> file`, `: > file`, `cat /dev/null > file`. */
const emptiesFile = (command: SimpleCommand, call: Call): boolean =>
  (/^(:|true|)$/.test(call.program) || (call.program === 'cat' && call.operands[0]?.value === '/dev/null')) &&
  command.redirections.some(({ operator }) => operator === '>' || operator === '>|');

/** What a write adds: a device, a file that gives access or starts programs, a file of the system. */
export function writeParts(command: SimpleCommand, call: Call): RiskReason[] {
  const written = writtenBy(command, call).map((path) =>
    path.endsWith('/') ? `${normal(path)}/x` : normal(path),
  );
  if (written.some((path) => DEVICE.test(path))) return [part(90, 'writes to a device')];
  if (written.some((path) => ACCESS.test(path)))
    return [part(85, 'writes a file that gives access or starts programs')];
  if (written.some((path) => SYSTEM_FILE.test(path) || path === '/'))
    return [part(40, 'writes a system file')];
  const parts = emptiesFile(command, call) ? [part(25, 'empties a file')] : [];
  const system =
    call.program !== 'mv' &&
    call.program !== 'truncate' &&
    written.some((path) => SYSTEM.test(path) && !/^\/(dev|proc|run|tmp)(\/|$)/.test(path));
  return system ? [...parts, part(15, 'system path')] : parts;
}
