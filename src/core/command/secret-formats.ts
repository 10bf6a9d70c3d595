/** A stretch of text, in UTF-16 units, that is a secret, and why. */
export interface Found {
  start: number;
  end: number;
  why: string;
  /** What must stand after the mark so that quotes stay balanced. */
  tail?: string;
}

interface Format {
  why: string;
  /** Bounded quantifiers and a fixed beginning only: linear on every input. The secret is group 1, or the whole match. */
  pattern: RegExp;
  /** Texts without this (in lower case) cannot match. */
  hint: string;
}

const format = (why: string, hint: string, source: string, flags = 'g'): Format => ({
  why,
  hint,
  pattern: new RegExp(source, `${flags}d`),
});

const EDGE = '(?<![A-Za-z0-9_])';

/** Tokens that are secrets by their form, whatever stands around them. Sources: the issuers' documentation of formats. */
const FORMATS: readonly Format[] = [
  format('GitHub token', 'gh', `${EDGE}gh[pousr]_[A-Za-z0-9_]{20,255}`),
  format('GitHub token', 'github_pat_', `${EDGE}github_pat_[A-Za-z0-9_]{20,255}`),
  format(
    'GitLab token',
    'gl',
    `${EDGE}gl(?:pat|dt|rt|cbt|ptt|ft|imt|agent|oas|soat|ffct)-[A-Za-z0-9_-]{15,255}`,
  ),
  format('Slack token', 'xox', `${EDGE}xox[abeoprs](?:\\.xox[abp])?-[A-Za-z0-9-]{8,255}`),
  format('Slack token', 'xapp-', `${EDGE}xapp-[A-Za-z0-9-]{8,255}`),
  format(
    'Slack webhook',
    'hooks.slack.com',
    'hooks\\.slack\\.com/(?:services|workflows|triggers)/([A-Za-z0-9/_-]{10,255})',
  ),
  format(
    'Discord webhook',
    '/api/webhooks/',
    'discord(?:app)?\\.com/api/webhooks/\\d{5,30}/([A-Za-z0-9_-]{20,255})',
  ),
  format('AWS access key', 'a', `${EDGE}A(?:KIA|SIA|BIA|CCA)[A-Z2-7]{16}(?![A-Za-z0-9])`),
  format('Google API key', 'aiza', `${EDGE}AIza[A-Za-z0-9_-]{30,60}`),
  format('Google token', 'ya29.', `${EDGE}ya29\\.[A-Za-z0-9_-]{20,1024}`),
  format('Google client secret', 'gocspx-', `${EDGE}GOCSPX-[A-Za-z0-9_-]{20,60}`),
  format('Stripe key', '_live_', `${EDGE}(?:sk|rk|pk|whsec)_live_[A-Za-z0-9]{10,255}`),
  format('Stripe key', '_test_', `${EDGE}(?:sk|rk)_test_[A-Za-z0-9]{10,255}`),
  format('Stripe webhook secret', 'whsec_', `${EDGE}whsec_[A-Za-z0-9+/=]{20,255}`),
  format('npm token', 'npm_', `${EDGE}npm_[A-Za-z0-9]{30,60}`),
  format('PyPI token', 'pypi-', `${EDGE}pypi-[A-Za-z0-9_-]{30,512}`),
  format('SendGrid key', 'sg.', `${EDGE}SG\\.[A-Za-z0-9_-]{16,40}\\.[A-Za-z0-9_-]{16,80}`),
  format('Twilio key', 'sk', `${EDGE}SK[0-9a-f]{32}(?![A-Za-z0-9])`),
  format(
    'Anthropic or OpenAI key',
    'sk-',
    `${EDGE}sk-(?:ant-|proj-|svcacct-|admin-|or-)?[A-Za-z0-9_-]{20,512}`,
  ),
  format('Azure key', 'accountkey=', 'AccountKey=([A-Za-z0-9+/=]{20,255})', 'gi'),
  format(
    'Azure key',
    'sharedaccess',
    '(?:SharedAccessKey|SharedAccessSignature)=([^\\s;\'"&]{10,512})',
    'gi',
  ),
  format('Azure signature', 'sig=', '[?&;]sig=([A-Za-z0-9%+/=]{20,255})'),
  format(
    'JWT',
    'eyj',
    `${EDGE}eyJ[A-Za-z0-9_-]{5,4096}\\.[A-Za-z0-9_-]{5,8192}(?:\\.[A-Za-z0-9_-]{0,2048})?`,
  ),
  format('Vault token', 'hv', `${EDGE}hv[sbr]\\.[A-Za-z0-9_-]{20,512}`),
  format('DigitalOcean token', 'do', `${EDGE}do[opr]_v1_[a-f0-9]{40,80}`),
  format('Shopify token', 'shp', `${EDGE}shp(?:at|ca|pa|ss)_[A-Fa-f0-9]{20,64}`),
  format('Telegram token', ':aa', '(?<!\\d)\\d{8,10}:AA[A-Za-z0-9_-]{30,40}(?![A-Za-z0-9])'),
  format('age key', 'age-secret-key-', 'AGE-SECRET-KEY-1[A-Z0-9]{30,80}'),
  format('Gatehouse token', 'gate_', `${EDGE}gate_[A-Za-z0-9_-]{16,255}`),
  format('Hugging Face token', 'hf_', `${EDGE}hf_[A-Za-z0-9]{30,60}`),
  format('Databricks token', 'dapi', `${EDGE}dapi[a-f0-9]{32}(?:-\\d)?`),
  format('Docker token', 'dckr_', `${EDGE}dckr_(?:pat|oat)_[A-Za-z0-9_-]{20,60}`),
  format('Terraform token', '.atlasv1.', `${EDGE}[A-Za-z0-9]{10,20}\\.atlasv1\\.[A-Za-z0-9_-]{40,100}`),
  format('Fly token', 'fm', `${EDGE}(?:fm[12][ar]?_|FlyV1 fm2_)[A-Za-z0-9+/=,_-]{20,4096}`),
  format('Linear key', 'lin_api_', `${EDGE}lin_api_[A-Za-z0-9]{30,60}`),
  format('New Relic key', 'nrak-', `${EDGE}NRAK-[A-Z0-9]{20,40}`),
  format('Grafana token', 'gl', `${EDGE}gl(?:sa|c)_[A-Za-z0-9+/=_-]{20,255}`),
  format('Doppler token', 'dp.', `${EDGE}dp\\.(?:pt|st|ct|sa|scim|audit)\\.[A-Za-z0-9._-]{20,100}`),
  format('Sentry token', 'sntrys_', `${EDGE}sntry[su]_[A-Za-z0-9+/=_-]{20,512}`),
  format('PlanetScale password', 'pscale_', `${EDGE}pscale_(?:pw|tkn|oauth)_[A-Za-z0-9_.-]{20,80}`),
  format('Supabase token', 'sbp_', `${EDGE}sb(?:p|_secret)_[A-Za-z0-9_]{20,80}`),
  format('Mailgun key', 'key-', `${EDGE}key-[0-9a-f]{32}(?![A-Za-z0-9])`),
  format('Heroku key', 'hrku-', `${EDGE}HRKU-[A-Za-z0-9_-]{20,100}`),
  format('Pulumi token', 'pul-', `${EDGE}pul-[a-f0-9]{40}`),
  format('Atlassian token', 'atatt', `${EDGE}ATATT3[A-Za-z0-9_=-]{20,255}`),
  format(
    'password in a web address',
    '://',
    '(?<=://)(?<!\\w{30}://)[^\\s/:@\'"?#<>$]{0,128}:([^\\s/@\'"?#<>]{1,256})@',
  ),
  format('token in a web address', '://', '(?<=://)([A-Za-z0-9_-]{20,255})(?:@)'),
  format(
    'token in a web address',
    '=',
    '[?&;](?:access_token|auth_token|token|api_?key|apikey|key|secret|client_secret|password|passwd|pwd|signature|x-amz-signature|x-amz-security-token|sig|auth|code|sessionid)=([^\\s&#\'";<>|]{4,2048})',
    'gi',
  ),
  format(
    'authorization header',
    'authorization',
    'authorization["\']{0,2}\\s{0,4}[:=]\\s{0,4}["\']{0,2}(?:(?:bearer|basic|token|digest|negotiate|apikey|splunk|genie[Kk]ey|bot)\\s{1,4})?([^\\s\'"\\\\]{3,8192})',
    'gi',
  ),
  format('bearer token', 'bearer', `${EDGE}bearer\\s{1,4}([A-Za-z0-9._~+/=-]{8,8192})`, 'gi'),
  format(
    'secret header',
    '-',
    '(?:x-(?:api|auth|access|vault|amz-security|gitlab|github|shopify-access|goog-api|csrf|webhook|hub)[a-z-]{0,20}|private-token|job-token|api-key|apikey|dd-api-key|circle-token|cookie|set-cookie|proxy-authorization)\\s{0,3}:\\s{0,4}([^\\s\'"\\\\;]{3,8192})',
    'gi',
  ),
  format(
    'password in SQL',
    'identified',
    'identified\\s{1,8}(?:with\\s{1,8}\\S{1,40}\\s{1,8})?by\\s{1,8}(?:password\\s{1,8})?[\'"]([^\'"]{1,256})[\'"]',
    'gi',
  ),
  format('password in SQL', 'password', "\\bpassword\\s{1,8}'([^']{1,256})'", 'gi'),
  format(
    'value in JSON',
    '":',
    '"[A-Za-z0-9_.-]{0,64}?(?:password|passwd|passphrase|secret|token|api[_-]?key|private[_-]?key|access[_-]?key|auth|credentials?)"\\s{0,4}:\\s{0,4}"([^"\\\\]{1,4096})"',
    'gi',
  ),
];

/** A variable or template that is filled in later: the name of a secret, not the secret. */
export const isReference = (value: string): boolean =>
  /^(?:\$(?:\{\{[^}]{0,200}\}\}|\{[^{}]{0,200}\}|\([^()]{0,400}\)|[A-Za-z_]\w{0,100}|[0-9@*#?!])|\{\{[^{}]{0,200}\}\}|<[\w -]{1,60}>|%[A-Z_]{2,60}%|`[^`]{0,400}`|\*{3,}|%redacted%|\$|-|@-|@?\/dev\/stdin)$/.test(
    value,
  );

const BODY = /[A-Za-z0-9+/=\s\\:,.-]{0,16384}/y;

/** PEM blocks, also cut off before their end. By hand: a lazy pattern would look ahead from every beginning. */
function findPrivateKeys(text: string): Found[] {
  const found: Found[] = [];
  for (let at = 0; ; ) {
    const begin = text.indexOf('-----BEGIN ', at);
    if (begin < 0) return found;
    const header = /^-----BEGIN [A-Z0-9 ]{0,30}PRIVATE KEY(?: BLOCK)?-----/.exec(
      text.slice(begin, begin + 80),
    )?.[0];
    at = begin + (header?.length ?? 11);
    if (!header) continue;
    BODY.lastIndex = at;
    const body = BODY.exec(text)?.[0] ?? '';
    const closing = body.indexOf('-----END');
    const end = at + (closing < 0 ? body.length : closing);
    found.push({ start: at, end, why: 'private key' });
    at = end;
  }
}

/** Every token in the text that is a secret by its form. */
export function findFormats(text: string): Found[] {
  const found = findPrivateKeys(text).filter(({ start, end }) => end > start);
  const lower = text.toLowerCase();
  for (const { why, pattern, hint } of FORMATS) {
    if (!lower.includes(hint)) continue;
    for (const match of text.matchAll(pattern)) {
      const [start, end] = match.indices![1] ?? match.indices![0]!;
      const value = text.slice(start, end);
      if (end > start && !isReference(value) && !/^\$[A-Za-z{(]/.test(value)) found.push({ start, end, why });
    }
  }
  return found;
}

/** Things that look random and are no secrets: hashes, digests, UUIDs, ULIDs, versions, dates, ids, words. */
const HARMLESS =
  /^(?:[0-9a-fA-F]+|[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}|[0-9A-HJKMNP-TV-Z]{26}|v?\d+(?:[._-]\d+)*|\d{4}-?\d{2}-?\d{2}.*|[A-Z0-9_-]+|[a-z_-]+|[A-Za-z]+)$/;

const kindOf = (code: number): number => (code < 58 ? 0 : code < 91 ? 1 : 2);

/**
 * Whether a run of letters and digits looks drawn at random: its length, its variety (Shannon), and how often it changes
 * between digits, capitals and small letters, which words joined in camel case do not.
 */
export function looksRandom(run: string): boolean {
  const plain = run.replace(/[=_+/-]/g, '');
  if (plain.length < 24 || /^(?:sha(?:1|256|384|512)|md5)[:-]/.test(run)) return false;
  if (/^[0-9a-fA-F]+$/.test(plain) || /^[A-Z0-9]+$/.test(plain) || /^[a-z]+$/i.test(plain)) return false;
  if (/[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}/i.test(run)) return false;
  const counts = new Map<string, number>();
  let changes = 0;
  for (let i = 0; i < plain.length; i++) {
    counts.set(plain[i]!, (counts.get(plain[i]!) ?? 0) + 1);
    if (i > 0 && kindOf(plain.charCodeAt(i)) !== kindOf(plain.charCodeAt(i - 1))) changes++;
  }
  let entropy = 0;
  for (const count of counts.values()) entropy -= (count / plain.length) * Math.log2(count / plain.length);
  const digits = plain.replace(/\D/g, '').length;
  const mixed = /[a-z]/.test(plain) && /[A-Z]/.test(plain);
  const inWords = (plain.match(/[A-Z]?[a-z]{3,}/g) ?? []).join('').length;
  if (inWords > plain.length / 2) return false;
  const rate = changes / (plain.length - 1);
  return mixed
    ? digits >= 1 && rate >= 0.38 && entropy >= 3.7
    : plain.length >= 32 && digits >= 4 && rate >= 0.3 && entropy >= 3.7;
}

/** Random-looking runs in a text, `_`, `-`, `+`, `/` and `=` allowed inside. Paths are cut at `/`. */
export function findRandom(text: string): Found[] {
  const found: Found[] = [];
  for (const match of text.matchAll(/(?<![A-Za-z0-9+/_=.-])[A-Za-z0-9+/_=-]{24,4096}/g)) {
    const run = match[0];
    if (HARMLESS.test(run)) continue;
    const path = /\/[a-z0-9_.-]*[a-z]{3}[a-z0-9_.-]*\//i.test(run) && /(^|\/)[a-z]{3,}(\/|$)/.test(run);
    const words = /(^|[-_/])[a-z]{4,}([-_/]|$)/.test(run) || /^[A-Za-z_]{2,40}=/.test(run);
    const pieces = path || words ? [...run.matchAll(/[A-Za-z0-9+]{24,}/g)] : [match];
    for (const piece of pieces) {
      const start = match.index + (piece === match ? 0 : piece.index);
      if (looksRandom(piece[0])) found.push({ start, end: start + piece[0].length, why: 'looks random' });
    }
  }
  return found;
}
