import { type Found, isReference } from './secret-formats.ts';
import { programOf } from './unwrap.ts';

interface Word {
  value: string;
  /** It begins a simple command. */
  first: boolean;
  /** It begins with a quote: it may be a text of many words. */
  quoted: boolean;
}

/** A secret inside one word of a command. */
export interface FoundInWord extends Found {
  word: number;
}

/** The last part of a name that makes its value a secret: `DB_PASSWORD`, `--api-key`, `auth.token`. */
const SECRET_NAME =
  /(?:^|[_.\-/[])(?:[a-z]{0,24}passw(?:or)?d|passwort|sshpass|(?:auth|access|refresh|api|bearer|session|id|bot|app)tokens?|pass|passphrase|pwd|pw|secret|secrets|secretkey|token|tokens|apikey|api[_-]?key|access[_-]?key|secret[_-]?key(?:[_-]?base)?|private[_-]?key|encryption[_-]?key|signing[_-]?key|master[_-]?key|account[_-]?key|license[_-]?key|routing[_-]?key|integration[_-]?key|auth[_-]?key|ssh[_-]?key|deploy[_-]?key|credentials?|creds|auth|sas|jwt|bearer|cookie|session[_-]?key|salt|pin|otp|dsn|connection[_-]?string|conn[_-]?str|webhook[_-]?url)\]?$/i;
/** Names that end like a secret and are none. */
const NO_SECRET_NAME =
  /(?:^|[_.-])(?:no|with|use|enable|disable|require|skip|has|allow|max|num|reset|rotate|show)[_.-][\w.-]*$|(?:^--?(?:pass|pw|pin|auth|secret|secrets|token-type|creds)$)/i;
const CAMEL = /([a-z0-9])([A-Z])/g;

const nameOf = (text: string): string => text.replace(/^-{1,2}/, '').replace(CAMEL, '$1_$2');

const isSecretName = (text: string): boolean =>
  text.length <= 128 && SECRET_NAME.test(nameOf(text)) && !NO_SECRET_NAME.test(text);

/** Words that are values of secret-looking names all the same: file names, switches, ids of a store. */
const HARMLESS_VALUE =
  /^(?:true|false|yes|no|null|none|nil|undefined|on|off|[01]|required|optional|enabled|disabled|default|auto|env|file|stdin|prompt|basic|oauth2?|md5|trust|iam|password|token|secret|always|never|generic|docker-registry|tls)$/i;
const isFile = (value: string): boolean =>
  /^(?:\.{0,2}|~|[A-Za-z]:)[/\\](?:[\w.@-]+[/\\])*[\w.@-]+$/.test(value) &&
  value.length < 200 &&
  !/[+=]/.test(value);
const isPointer = (value: string): boolean =>
  /^(?:arn:|projects\/|op:\/\/|vault:|ssm:|sm:\/\/|file:\/\/|fileb:\/\/|ref\+|secretref:|@?[\w./-]+\.(?:json|ya?ml|txt|pem|key|env|crt|cer|toml|ini))/i.test(
    value,
  );

const isSecretValue = (value: string): boolean =>
  value !== '' && !isReference(value) && !HARMLESS_VALUE.test(value) && !isFile(value) && !isPointer(value);

/** Options that hold a secret in these programs only; `glued` ones stand in one word with the value. */
const BY_PROGRAM: readonly { programs: RegExp; options: RegExp; glued?: RegExp }[] = [
  {
    programs: /^(mysql|mysqldump|mysqladmin|mariadb(-dump|-admin)?|mysqlimport|mycli)$/,
    options: /^$/,
    glued: /^-p(?=.)/,
  },
  {
    programs:
      /^(docker|podman|helm|skopeo|buildah|crane|oras|nerdctl|az|cf|sshpass|mongo|mongosh|mongodump|mongorestore|cqlsh|argocd|oc|fluxctl|mosquitto_pub|rabbitmqadmin)$/,
    options: /^-p$/,
    glued: /^-p(?=[^\s-].*[^\d:./-])/,
  },
  { programs: /^(twine)$/, options: /^-p$/ },
  { programs: /^(ssh-keygen)$/, options: /^(-N|-P)$/ },
  { programs: /^(openssl)$/, options: /^(-k|-K)$/ },
  { programs: /^(curl)$/, options: /^$/, glued: /^-u[^:\s]{1,64}:(?=.)/ },
  { programs: /^(redis-cli|valkey-cli|keydb-cli)$/, options: /^(-a|--pass)$/ },
  { programs: /^(sqlcmd|bcp)$/, options: /^-P$/, glued: /^-P(?=.)/ },
  { programs: /^(ldapsearch|ldapadd|ldapmodify|ldapdelete|ldappasswd)$/, options: /^(-w|-s)$/ },
  { programs: /^(vault)$/, options: /^-?-token$/ },
  { programs: /^(gh)$/, options: /^(--body|-b)$/ },
  { programs: /^(netlify|surge|vercel)$/, options: /^(--auth|-t|--token)$/ },
  { programs: /^(useradd|usermod)$/, options: /^(-p|--password)$/ },
  { programs: /^(sshpass)$/, options: /^-p$/, glued: /^-p(?=.)/ },
  { programs: /^(openssl)$/, options: /^$/, glued: /^pass:(?=.)/ },
  { programs: /^(sonar-scanner|mvn)$/, options: /^$/, glued: /^-Dsonar\.(login|token|password)=(?=.)/ },
];

/** `docker run -p 80:80` is a port, `docker login -p` a password. */
const LOGIN = /^(login|registry|auth|create-user|create|connect|dockerconfigjson|docker-registry)$/;

const find = (word: number, value: string, start: number, why: string): FoundInWord[] => {
  const end = value.length;
  return end > start && isSecretValue(value.slice(start)) ? [{ word, start, end, why }] : [];
};

/** The word after these is an assignment, whatever it holds. */
const BEFORE_ASSIGNMENT =
  /^(?:-e|--env|--build-arg|--from-literal|export|env|cross-env|config:set|-v|-var|--set-string|--set-env-vars)$/;

const followsValue = (text: string): boolean => /^[ \t]*(?:$|[\n,}#])/.test(text);

function assigned({ words, i: word }: Place): FoundInWord[] {
  const { value, quoted } = words[word]!;
  if (!value.includes('=') && !value.includes(':')) return [];
  const whole = !quoted || BEFORE_ASSIGNMENT.test(words[word - 1]?.value ?? '');
  const found: FoundInWord[] = [];
  let until = 0;
  // `--set a.password=x,b.token=y`, `PGPASSWORD=x`, `host=db password=x`, `"password": "x"`, `{"token":"x"}`
  for (const match of value.matchAll(
    /(?<![A-Za-z0-9_.-])(-{0,2}[A-Za-z_][A-Za-z0-9_.[\]-]{0,127})(["']?\s{0,2}[=:]\s{0,2}["']?)/g,
  )) {
    if (match.index < until) continue;
    const name = match[1]!;
    const colon = match[2]!.includes(':');
    if (!isSecretName(name) || (colon && !/["']/.test(match[2]!) && !/:\s/.test(match[2]!))) continue;
    const start = match.index + match[0].length;
    const quote = /["']$/.exec(match[2]!)?.[0];
    const sole = match.index === 0 && !quote;
    const rest = value.slice(start, start + 8192);
    const length = quote
      ? quotedLength(rest, quote)
      : sole && !name.startsWith('--set') && !/^-?D?[a-z]+[.[]/.test(name)
        ? whole || name.startsWith('-')
          ? /\s[\w.-]{1,64}=/.test(rest)
            ? /^\S*/.exec(rest)![0].length
            : rest.length
          : /^[^\s;&|<>()]*/.exec(rest)![0].length
        : /^[^\s,;&|<>()"'}\\]*/.exec(rest)![0].length;
    if (colon && !quote && !followsValue(rest.slice(length, length + 64))) continue;
    const secret = rest.slice(0, length);
    until = start + length;
    if (isSecretValue(secret)) found.push({ word, start, end: start + length, why: `value of ${name}` });
  }
  return found;
}

function quotedLength(text: string, quote: string): number {
  for (let i = 0; i < text.length; i++) {
    if (text[i] === '\\') i++;
    else if (text[i] === quote) return i;
  }
  return text.length;
}

interface Place {
  words: readonly Word[];
  i: number;
  program: string;
  /** The rows of `BY_PROGRAM` for it. */
  rules: typeof BY_PROGRAM;
  /** The words of the command so far; asked for only where it matters, as building it takes time. */
  before: () => readonly string[];
}

/** The value of a secret option in the next word: `--password x`, `-u user:pass`, `-H 'X-Api-Key: x'`. */
function followed({ words, i, program, rules, before }: Place): FoundInWord[] {
  const value = words[i]!.value;
  const next = words[i + 1];
  if (!/^-|:$|^[A-Z]/.test(value)) return [];
  if (!next || next.first || next.value.startsWith('--') || value.includes('=')) return [];
  // `password: x` on a line of its own, as in YAML and logs.
  const lastOnLine = words[i + 2] === undefined || words[i + 2]!.first;
  if (value.endsWith(':') && lastOnLine && isSecretName(value.slice(0, -1)))
    return find(i + 1, next.value, 0, `value of ${value}`);
  const rule = rules.find(({ options }) => options.test(value));
  const login = /^(docker|podman|nerdctl|helm|oc|az|argocd|skopeo|buildah|crane|oras|cf)$/.test(program)
    ? before().some((word) => LOGIN.test(word))
    : true;
  const secretSet = program !== 'gh' || before().includes('secret');
  if (rule && login && secretSet) return find(i + 1, next.value, 0, `value of ${value}`);
  if (/^(-u|--user|--proxy-user|-U)$/.test(value) && /^(curl|http|https|xh|smbclient)$/.test(program)) {
    const separator = next.value.indexOf(program === 'smbclient' ? '%' : ':');
    return separator < 0 ? [] : find(i + 1, next.value, separator + 1, `value of ${value}`);
  }
  if (
    value === '--value' &&
    /^(aws)$/.test(program) &&
    words.slice(i).some((one) => /SecureString/.test(one.value))
  )
    return find(i + 1, next.value, 0, 'value of --value');
  if (
    /^--(secret-string|secret-binary|connection-string|account-key|sas-token|master-user-password|admin-password|kubeconfig-data|fixed-token)$/.test(
      value,
    )
  )
    return find(i + 1, next.value, 0, `value of ${value}`);
  if (/^--?[A-Za-z]/.test(value) && isSecretName(value) && !next.value.startsWith('-'))
    return find(i + 1, next.value, 0, `value of ${value}`);
  // `cf set-env app SECRET_KEY value`, `wrangler secret …`, `dokku config:set`
  if (
    /^[A-Z][A-Z0-9_]+$/.test(value) &&
    isSecretName(value) &&
    /^(set-env|env|set|add)$/.test(before().find((word) => /^(set-env|set|add)$/.test(word)) ?? '')
  )
    return find(i + 1, next.value, 0, `value of ${value}`);
  return [];
}

const BY_PLACE = /^(htpasswd|cf|rabbitmqctl|redis-cli|vault|aws)$/;

/** Places whose meaning comes from the program: `htpasswd -b file user PASS`, `cf auth user PASS`, `echo user:PASS | chpasswd`. */
function positional({ words, i, program, before }: Place): FoundInWord[] {
  if (!BY_PLACE.test(program)) return [];
  const { value } = words[i]!;
  const operands = before()
    .slice(1)
    .filter((word) => !word.startsWith('-'));
  if (
    program === 'htpasswd' &&
    before().some((word) => /^-\w*b/.test(word)) &&
    operands.length === (before().some((word) => /^-\w*n/.test(word)) ? 1 : 2)
  )
    return find(i, value, 0, 'password');
  if (program === 'vault' && operands[0] === 'login' && operands.length === 1 && !/^-|=/.test(value))
    return find(i, value, 0, 'token');
  if (
    program === 'aws' &&
    operands[0] === 'configure' &&
    /secret_access_key|session_token/.test(operands[2] ?? '')
  )
    return find(i, value, 0, 'key');
  if (program === 'cf' && operands[0] === 'auth' && operands.length === 2)
    return find(i, value, 0, 'password');
  if (
    program === 'rabbitmqctl' &&
    /^(add_user|change_password)$/.test(operands[0] ?? '') &&
    operands.length === 2
  )
    return find(i, value, 0, 'password');
  if (program === 'redis-cli' && /^auth$/i.test(operands.at(-1) ?? '')) return find(i, value, 0, 'password');
  return [];
}

function glued({ words, i, program, rules, before }: Place): FoundInWord[] {
  const { value } = words[i]!;
  for (const { glued: pattern } of rules) {
    const match = pattern?.exec(value);
    if (!match) continue;
    if (
      /^(docker|podman|nerdctl|helm|oc|az|argocd|cf)$/.test(program) &&
      !before().some((word) => LOGIN.test(word))
    )
      continue;
    return find(i, value, match[0].length, `value of ${match[0]}`);
  }
  return [];
}

function program(words: readonly Word[], from: number): string {
  for (let i = from; i < words.length && (i === from || !words[i]!.first); i++) {
    const { value } = words[i]!;
    if (/^[A-Za-z_]\w*=/.test(value) || value.startsWith('-')) continue;
    if (
      /^(sudo|env|nohup|time|exec|command|export|timeout|nice|\$|\{|!|then|do|else|if|while)$/.test(value) ||
      /^\d+[smh]?$/.test(value)
    )
      continue;
    return programOf(value);
  }
  return '';
}

const rulesOf = (name: string): typeof BY_PROGRAM =>
  name === '' ? [] : BY_PROGRAM.filter(({ programs }) => programs.test(name));

/**
 * Secrets by the options, variables and programs they stand beside. `sole` says that the words are one command (an
 * argv), whose first word is the program. Returned ranges are places in the decoded words.
 */
export function secretsInWords(words: readonly Word[], sole = false): FoundInWord[] {
  const found: FoundInWord[] = [];
  let start = 0;
  let name = program(words, 0);
  let rules = rulesOf(name);
  for (let i = 0; i < words.length; i++) {
    if (words[i]!.first && !sole && i > 0) {
      start = i;
      name = program(words, i);
      rules = rulesOf(name);
    }
    const plain = rules.length === 0 && !/[=:]|^-|^[A-Z]/.test(words[i]!.value);
    if (plain && !BY_PLACE.test(name)) continue;
    // A bound on what is looked back at, so that the whole stays linear.
    const from = Math.max(start, i - 24);
    const first = start < from ? [words[start]!.value] : [];
    const before = (): string[] => [...first, ...words.slice(from, i).map((word) => word.value)];
    const place = { words, i, program: name, rules, before };
    found.push(...assigned(place), ...glued(place), ...positional(place), ...followed(place));
  }
  return found;
}
