import type { SimpleCommand } from '../command/walk.ts';
import type { RiskReason } from './assessment.ts';
import { type Base, part, sum } from './part.ts';
import { type Call, Table } from './row.ts';
import { isSecretFile } from './secret-read.ts';
import { MODIFIER_ROWS } from './tables/index.ts';
import { AUDIT_SERVICES, CRITICAL_SERVICES } from './tables/system.ts';
import { targetParts, writeParts } from './targets.ts';

/** One command with everything that a modifier may look at. */
export interface Scene {
  command: SimpleCommand;
  call: Call;
  base: Base;
}

const MODIFIERS = new Table(MODIFIER_ROWS);

const points = ({ base }: Scene): number => sum(base.parts);
const changes = (scene: Scene): boolean => scene.base.touches === 'shared' && points(scene) >= 10;

function table({ call }: Scene): RiskReason[] {
  return MODIFIERS.all(call).map(([, , plus, why]) => part(plus, why));
}

/** `--yes` and the like; programs with rows of their own are left to those. */
function noConfirmation(scene: Scene): RiskReason[] {
  if (points(scene) < 40 || /^(git|kubectl|terraform|rm|gh|ufw)$/.test(scene.call.program)) return [];
  const asked = scene.call.options.some(({ name }) =>
    /^(--yes|-y|--assume-yes|--assumeyes|--quiet|--force|--no-input|--noinput|--non-interactive|--no-confirm|--skip-confirmation|--confirm|--auto-approve|-auto-approve|--force-reset)$/.test(
      name,
    ),
  );
  return asked ? [part(10, 'no confirmation')] : [];
}

const ELEVATED = new Set(['sudo', 'doas']);
const sudo = ({ command }: Scene): RiskReason[] =>
  command.wrappers.some((wrapper) => ELEVATED.has(wrapper)) || ELEVATED.has(command.program)
    ? [part(10, 'as another user (sudo)')]
    : [];

const VALUE_OPTION =
  /^(-m|--message|--set|--set-string|-e|--env|--build-arg|-t|--tag|--title|--notes|-d|--data|-H|--header|-p|--patch|-var|-v|--volume|-w|--workdir|--mount)$/;

/** What the command hits is decided only when it runs: a variable, a substitution, what xargs reads. */
function unknownTarget(scene: Scene): RiskReason[] {
  const { command } = scene;
  if (scene.base.touches !== 'shared' || points(scene) < 20) return [];
  const words = command.words.slice(1);
  const unknown = words.some(({ value, dynamic }, i) => {
    const expands = dynamic && /^["']?[$`]/.test(value) && !/^["']?\$(\{?(HOME|PWD)\b|\(pwd\))/.test(value);
    return expands && !VALUE_OPTION.test(words[i - 1]?.value ?? '');
  });
  const fed = command.wrappers.some((wrapper) => wrapper === 'xargs' || wrapper === 'parallel');
  const nameless = command.words[0]?.dynamic === true;
  return unknown || fed || nameless ? [part(20, 'target unknown before it runs')] : [];
}

function services({ command, call }: Scene): RiskReason[] {
  if (
    !/^(systemctl|service|pkill|killall|kill|rc-service|sv|launchctl|supervisorctl|chkconfig|update-rc\.d)$/.test(
      call.program,
    )
  )
    return [];
  const stops = /(^| )(stop|disable|mask|kill|restart|isolate|remove|off|unload)( |$)|^/.exec(
    call.args.join(' '),
  );
  const reads = /^(status|show|cat|is-\S+|list-\S+|start|enable|reload|unmask)$/.test(
    call.operands.find(({ value }) => /^[a-z-]+$/.test(value))?.value ?? '',
  );
  if (!stops || reads || /(^| )status$/.test(call.args.join(' '))) return [];
  const words = command.words.slice(1).map((word) => word.value);
  if (words.some((word) => AUDIT_SERVICES.test(word))) return [part(40, 'audit service')];
  return words.some((word) => CRITICAL_SERVICES.test(word)) ? [part(20, 'critical service')] : [];
}

function network({ call }: Scene): RiskReason[] {
  const text = call.args.join(' ');
  return /(^|[\s=",:'])(0\.0\.0\.0\/0|::\/0)/.test(text) &&
    /firewall|security-group|acl|nsg|iptables|ufw|nft|rule|cidr/.test(`${call.program} ${text}`)
    ? [part(20, 'open to every address')]
    : [];
}

/** `docker exec -it api bash`: what is typed there is not seen. */
function containerShell({ command, call }: Scene): RiskReason[] {
  if (!command.isWrapper || !/^(docker|kubectl)$/.test(call.program)) return [];
  const last = command.words.at(-1)?.value ?? '';
  return /^(.*\/)?(bash|sh|zsh|ash|dash|fish)$|^-l$/.test(last)
    ? [part(10, 'interactive shell, rest unseen')]
    : [];
}

/** Secrets that leave through the arguments: `curl -d @/etc/shadow`. */
function sendsSecret({ call }: Scene): RiskReason[] {
  if (!/^(curl|wget|http|https|xh)$/.test(call.program)) return [];
  const sent = [...call.args].some((arg) => /@/.test(arg) && isSecretFile(arg.slice(arg.indexOf('@') + 1)));
  return sent ? [part(40, 'sends a secret over the network')] : [];
}

const DANGEROUS_VARIABLES =
  /^(LD_PRELOAD|LD_LIBRARY_PATH|LD_AUDIT|BASH_ENV|PROMPT_COMMAND|GIT_SSH_COMMAND|GIT_EXTERNAL_DIFF|NODE_OPTIONS|PYTHONSTARTUP|PERL5OPT)$/;
const variables = ({ command }: Scene): RiskReason[] =>
  command.assignments.some(({ name }) => DANGEROUS_VARIABLES.test(name))
    ? [part(25, 'a variable makes it run other code')]
    : [];

const APPLIED: readonly ((scene: Scene) => RiskReason[])[] = [
  table,
  ({ command, call }) => targetParts(command, call),
  ({ command, call }) => writeParts(command, call),
  containerShell,
  services,
  network,
  sendsSecret,
  variables,
  noConfirmation,
  unknownTarget,
  sudo,
];

/** All parts of one command: its base and everything that makes it worse or better. */
export function commandParts(scene: Scene): RiskReason[] {
  const parts = [...scene.base.parts, ...APPLIED.flatMap((modifier) => modifier(scene))];
  return parts.map((one) => (one.span ? one : { ...one, span: scene.command.span }));
}

/** Whether the command changes something others share, with all that its parts say. */
export const isChange = (scene: Scene, parts: readonly RiskReason[]): boolean =>
  changes(scene) || (sum(parts) >= 30 && scene.base.touches !== 'reads');
