import type { SimpleCommand } from '../command/walk.ts';
import { type Base, base } from './part.ts';
import type { Call } from './row.ts';

const SECRET_FILES =
  /(^|\/)(shadow|gshadow|sudoers|master\.key|credentials(\.\w+)?|\.netrc|\.pgpass|\.my\.cnf|\.npmrc|\.pypirc|\.git-credentials|\.vault-token|\.htpasswd|id_(rsa|dsa|ecdsa|ed25519)|kubeconfig|environ|secrets?\.(ya?ml|json|env|txt|toml)|service-account[\w-]*\.json|terraform\.tfstate|passwords?(\.txt)?|\.env(\.(?!example|sample|template|dist|test)[\w.-]+)?)$|\.(pem|key|p12|pfx|jks|keystore|kdbx|ppk)$|(^|\/)(run\/secrets|\.aws|\.gnupg)\/|\/\.docker\/config\.json$|\/\.kube\/config$|\/etc\/kubernetes\/(admin|pki)|\.\.?\/?secrets?\//;
const READERS =
  /^(cat|head|tail|less|more|grep|awk|sed|strings|base64|xxd|od|hexdump|bat|nl|cut|sort|tac|cp|scp|rsync|tar|zip|jq|yq|vim|view|diff|paste|openssl|curl|wget|source|mail|split)$/;

/** Whether the text names a file that holds secrets. */
export const isSecretFile = (path: string): boolean => SECRET_FILES.test(path.replace(/^@/, ''));

const SECRET_VARIABLE =
  /\$\{?\w{0,64}(SECRET|TOKEN|PASSW|API_?KEY|PRIVATE_KEY|ACCESS_KEY|CREDENTIAL)\w{0,64}\}?/i;

export function secretRead(command: SimpleCommand, call: Call): Base | null {
  if (/^(printenv|env)$/.test(call.program) && !command.isWrapper) {
    if (
      call.program === 'printenv' &&
      call.operands.length > 0 &&
      !/SECRET|TOKEN|PASS|KEY/i.test(call.operands[0]!.value)
    )
      return null;
    return base(30, 'reads the environment, secrets included', 'reads');
  }
  if (
    /^(echo|printf)$/.test(call.program) &&
    command.pipesInto === null &&
    command.redirections.length === 0
  ) {
    const shows = command.words.some(({ value, dynamic }) => dynamic && SECRET_VARIABLE.test(value));
    return shows ? base(30, 'prints a secret', 'reads') : null;
  }
  if (!READERS.test(call.program)) return null;
  if (/^(sed|vim)$/.test(call.program) && call.options.some(({ name }) => name.startsWith('-i'))) return null;
  const operands = call.operands.map((one) => one.value);
  const read = /^(cp|scp|rsync)$/.test(call.program) ? operands.slice(0, -1) : operands;
  const found =
    read.find((value) => isSecretFile(value)) ??
    command.redirections.find((one) => one.operator === '<' && isSecretFile(one.target?.value ?? ''));
  return found && call.program !== 'openssl' ? base(45, 'reads a secret in clear', 'reads') : null;
}
