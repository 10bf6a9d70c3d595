// Made by `npm run action:build` from action/src and src. Do not edit.

// src/client/address.ts
var Misconfigured = class extends Error {
  /** What to do about it. */
  hint;
  constructor(message, hint) {
    super(message);
    this.hint = hint;
  }
};
function readAddress(options) {
  const base = parse(options.url);
  if (!base || !/^https?:$/.test(base.protocol))
    throw new Misconfigured(`not a web address: ${options.url}`, "write it as https://gate.example.com");
  if (base.username || base.password)
    throw new Misconfigured(
      "the address carries a user or password",
      "leave it out; the token goes into GATE_TOKEN"
    );
  if (base.protocol === "http:" && options.token && !options.allowInsecure && !isLoopback(base.hostname))
    throw new Misconfigured(
      `the token would travel unencrypted to ${base.hostname}`,
      "use https://, or set GATE_INSECURE=1 if nobody else can read this network"
    );
  base.search = "";
  base.hash = "";
  if (!base.pathname.endsWith("/")) base.pathname += "/";
  return base;
}
var isLoopback = (hostname) => /^(localhost|127(\.\d+){3}|\[::1\])$/.test(hostname);
function parse(url) {
  try {
    return new URL(url);
  } catch {
    return null;
  }
}

// src/core/proof/envelope.ts
import {
  createHash,
  createPrivateKey,
  createPublicKey,
  sign as cryptoSign,
  verify as cryptoVerify
} from "node:crypto";
var PAYLOAD_TYPE = "application/vnd.in-toto+json";
function preAuthEncoding(type, body) {
  return Buffer.concat([Buffer.from(`DSSEv1 ${Buffer.byteLength(type)} ${type} ${body.length} `), body]);
}
function open(envelope, publicKeys) {
  if (envelope.payloadType !== PAYLOAD_TYPE) return null;
  const body = Buffer.from(envelope.payload, "base64");
  const signed = preAuthEncoding(envelope.payloadType, body);
  for (const publicKey of publicKeys) {
    const key = publicKeyObject(publicKey);
    const good = envelope.signatures.some(
      (s) => cryptoVerify(null, signed, key, Buffer.from(s.sig, "base64"))
    );
    if (good) return { payload: body.toString("utf8"), keyId: keyIdOf(publicKey) };
  }
  return null;
}
var keyIdOf = (publicKey) => createHash("sha256").update(Buffer.from(publicKey, "base64")).digest("hex").slice(0, 16);
function readPublicKey(text) {
  const trimmed = text.trim();
  if (trimmed.startsWith("-----BEGIN")) {
    const jwk = createPublicKey(trimmed).export({ format: "jwk" });
    if (jwk.crv !== "Ed25519") throw new Error("not an Ed25519 key");
    return Buffer.from(jwk.x, "base64url").toString("base64");
  }
  const raw = trimmed.startsWith("{") ? JSON.parse(trimmed).x ?? "" : trimmed;
  const bytes = Buffer.from(raw, raw.includes("-") || raw.includes("_") ? "base64url" : "base64");
  if (bytes.length !== 32) throw new Error(`an Ed25519 public key has 32 bytes, this one ${bytes.length}`);
  return bytes.toString("base64");
}
var publicKeyObject = (publicKey) => createPublicKey({
  key: { kty: "OKP", crv: "Ed25519", x: Buffer.from(publicKey, "base64").toString("base64url") },
  format: "jwk"
});

// src/core/proof/record.ts
var STATEMENT_TYPE = "https://in-toto.io/Statement/v1";
var APPROVAL_PREDICATE = "https://gatehouse.example.com/attestation/approval/v1";

// src/core/proof/grant.ts
var LEEWAY_MS = 6e4;
function checkGrant(envelope, expected2) {
  const bad = (fault, detail) => ({ good: false, fault, detail });
  if (!isEnvelope(envelope)) return bad("malformed", "the answer carries no DSSE envelope");
  const opened = open(envelope, expected2.publicKeys);
  if (!opened) return bad("bad-signature", "no trusted key signed it");
  const statement = parseStatement(opened.payload);
  const predicate = statement?.predicate;
  const subject = statement?.subject?.[0];
  if (!predicate || !subject || statement._type !== STATEMENT_TYPE)
    return bad("malformed", "not an in-toto statement");
  if (statement.predicateType !== APPROVAL_PREDICATE || predicate.decision !== "approved") {
    return bad("not-an-approval", `it says "${predicate.decision ?? statement.predicateType}"`);
  }
  if (predicate.requestId !== expected2.requestId)
    return bad("other-request", `it is about ${predicate.requestId}`);
  const salt = predicate.action?.salt;
  if (typeof salt !== "string" || subject.digest?.sha256 !== expected2.digestWith(salt)) {
    return bad("other-command", "its digest is not the digest of what would run");
  }
  const notAfter = new Date(predicate.notAfter ?? Number.NaN);
  if (!(expected2.nowMs <= notAfter.getTime() + LEEWAY_MS))
    return bad("too-late", `it was to be used by ${predicate.notAfter}`);
  const decidedAt = new Date(predicate.decidedAt ?? Number.NaN);
  return {
    good: true,
    grant: { requestId: expected2.requestId, salt, notAfter, keyId: opened.keyId, decidedAt }
  };
}
function isEnvelope(value) {
  const e = value;
  return typeof e === "object" && e !== null && typeof e.payload === "string" && typeof e.payloadType === "string" && Array.isArray(e.signatures) && e.signatures.length > 0 && e.signatures.every((s) => typeof s?.sig === "string");
}
function parseStatement(payload) {
  try {
    return JSON.parse(payload);
  } catch {
    return null;
  }
}

// src/client/answers.ts
var STATES = ["pending", "approved", "denied", "expired", "withdrawn", "blocked"];
function readRequest(value) {
  const sound = isObject(value) && /^[A-Za-z0-9_-]{1,100}$/.test(String(value.id)) && Number.isInteger(value.version) && STATES.includes(String(value.state)) && areTexts(value.project, value.environment, value.command, value.url) && isDate(value.created_at) && isDate(value.expires_at) && (value.use_by === null || isDate(value.use_by)) && (value.grant === null || isEnvelope(value.grant)) && isAssessment(value.assessment) && isAsked(value.asked) && (value.state === "pending" ? value.decision === null : isDecision(value.decision)) && isList(value.notes, (note) => typeof note === "string");
  return sound ? value : null;
}
function readKeys(value) {
  if (!isObject(value) || !isList(value.keys, isEd25519)) return null;
  return value.keys.map((key) => Buffer.from(key.x, "base64url").toString("base64"));
}
function readProblem(status, value, location) {
  if (isObject(value) && areTexts(value.title, value.hint)) return { ...value, status };
  const title = location ? `the address redirects to ${location}` : `something else answers there (HTTP ${status})`;
  const hint = "is GATE_URL the address of your Gatehouse? It is not followed elsewhere, the token stays with it";
  return { type: "about:blank", title, status, hint };
}
var isObject = (value) => typeof value === "object" && value !== null && !Array.isArray(value);
var areTexts = (...values) => values.every((v) => typeof v === "string");
var isDate = (value) => typeof value === "string" && !Number.isNaN(Date.parse(value));
var isList = (value, isGood) => Array.isArray(value) && value.every(isGood);
var isPerson = (value) => isObject(value) && areTexts(value.id, value.name);
var isAssessment = (value) => isObject(value) && areTexts(value.level) && Number.isInteger(value.score) && isList(value.reasons, (reason) => isObject(reason) && areTexts(reason.why));
var isAsked = (value) => isObject(value) && areTexts(value.reviewers) && (value.channel === null || areTexts(value.channel)) && (value.problem === null || areTexts(value.problem)) && Number.isInteger(value.approvals_needed) && isList(value.approvals, isPerson);
var isDecision = (value) => isObject(value) && areTexts(value.by) && isDate(value.at) && (value.reason === null || areTexts(value.reason)) && Number.isFinite(value.after_seconds) && isList(value.people, isPerson);
var isEd25519 = (value) => isObject(value) && value.kty === "OKP" && value.crv === "Ed25519" && Buffer.from(String(value.x), "base64url").length === 32;

// src/client/exchange.ts
import http from "node:http";
import https from "node:https";
var MAX_ANSWER_BYTES = 8 * 1024 * 1024;
var newAgent = (url) => url.protocol === "https:" ? new https.Agent({ keepAlive: true }) : new http.Agent({ keepAlive: true });
function exchange(agent, call) {
  const { method, headers, signal } = call;
  const options = { method, headers, agent, signal };
  const request = call.url.protocol === "https:" ? https.request : http.request;
  return new Promise((resolve, reject) => {
    const sent = request(call.url, options, (response) => {
      const chunks = [];
      let size = 0;
      response.on("data", (chunk) => {
        size += chunk.length;
        if (size > MAX_ANSWER_BYTES) sent.destroy(new Error(`the answer is over ${MAX_ANSWER_BYTES} bytes`));
        else chunks.push(chunk);
      });
      response.on("error", reject);
      response.on("end", () => {
        const text = Buffer.concat(chunks).toString("utf8");
        resolve({ status: response.statusCode ?? 0, headers: response.headers, text });
      });
    });
    const late = () => sent.destroy(new Error(`no answer within ${Math.round(call.timeoutMs / 1e3)} s`));
    const timer = setTimeout(late, call.timeoutMs);
    sent.on("close", () => clearTimeout(timer));
    sent.on("error", reject);
    sent.end(call.body);
  });
}

// src/client/persist.ts
import { setTimeout as sleep } from "node:timers/promises";
var Transient = class extends Error {
  /** What the other side asked for with Retry-After. */
  waitMs;
  constructor(message, waitMs = 0) {
    super(message);
    this.waitMs = waitMs;
  }
};
var FIRST_PAUSE_MS = 200;
var LONGEST_PAUSE_MS = 5e3;
async function persist(attempt, bounds) {
  const deadline = performance.now() + (bounds.retryForMs ?? 0);
  for (let pause = FIRST_PAUSE_MS; ; pause = Math.min(pause * 2, LONGEST_PAUSE_MS)) {
    bounds.signal?.throwIfAborted();
    try {
      return await attempt();
    } catch (error) {
      bounds.signal?.throwIfAborted();
      if (!(error instanceof Transient)) throw error;
      const wait = Math.max(error.waitMs, pause * (0.5 + Math.random() / 2));
      if (performance.now() + wait > deadline) throw error;
      bounds.onRetry?.(error);
      await sleep(wait, void 0, { signal: bounds.signal }).catch(() => bounds.signal?.throwIfAborted());
    }
  }
}

// src/client.ts
var Unreachable = class extends Error {
};
var Refused = class extends Error {
  problem;
  constructor(problem) {
    super(problem.detail ?? problem.title);
    this.problem = problem;
  }
};
var ANSWER_MS = 15e3;
var LONGEST_RETRY_AFTER_MS = 6e4;
function createClient(options) {
  const base = readAddress(options);
  const agent = newAgent(base);
  let skewMs = 0;
  const call = async (method, path3, given = {}) => {
    const { body, key, ...bounds } = given;
    const once = async () => {
      const { where, timeoutMs } = typeof path3 === "string" ? { where: path3, timeoutMs: ANSWER_MS } : path3();
      const sent = {
        method,
        url: new URL(where, base),
        headers: headersOf(options.token, body !== void 0, key),
        body: body === void 0 ? void 0 : JSON.stringify(body),
        timeoutMs,
        signal: bounds.signal
      };
      const answer = await exchange(agent, sent).catch((error) => {
        throw new Transient(reasonOf(error));
      });
      skewMs = skewOf(answer, skewMs);
      return judge(answer);
    };
    return persist(once, bounds).catch((error) => {
      throw error instanceof Transient ? new Unreachable(error.message) : error;
    });
  };
  const path2 = (id, verb = "") => `api/v1/requests/${encodeURIComponent(id)}${verb}`;
  return {
    origin: base.origin,
    now: () => Date.now() + skewMs,
    submit: async (body, key, bounds) => expected(readRequest(await call("POST", "api/v1/requests", { body, key, ...bounds }))),
    wait: async (id, seen, waitSeconds, bounds) => {
      let tries = 0;
      const poll = () => {
        const wait = tries++ === 0 ? waitSeconds : 0;
        return { where: path2(id, `?wait=${wait}&version=${seen}`), timeoutMs: (wait + 10) * 1e3 };
      };
      return expected(readRequest(await call("GET", poll, bounds)));
    },
    start: async (id, startId, bounds) => {
      const answer = await call("POST", path2(id, "/start"), { body: { start_id: startId }, ...bounds });
      expected(typeof answer?.started_at === "string" ? answer : null);
    },
    report: async (id, body, bounds) => {
      await call("POST", path2(id, "/outcome"), { body, ...bounds });
    },
    withdraw: async (id, reason, bounds) => {
      await call("POST", path2(id, "/withdraw"), { body: { reason }, ...bounds });
    },
    keys: async (bounds) => expected(readKeys(await call("GET", "api/v1/keys", bounds))),
    call: (method, where, body, bounds) => call(method, where.replace(/^\//, ""), { body, ...bounds }),
    close: () => agent.destroy()
  };
}
var headersOf = (token, hasBody, key) => ({
  accept: "application/json",
  ...token && { authorization: `Bearer ${token}` },
  ...hasBody && { "content-type": "application/json" },
  ...key && { "idempotency-key": key }
});
function judge(answer) {
  const { status, headers, text } = answer;
  const value = parse2(text);
  if (status >= 200 && status < 300) {
    if (text === "") return null;
    if (headers["content-type"]?.startsWith("text/markdown")) return text;
    if (value === void 0) throw new Refused(readProblem(status, void 0, void 0));
    return value;
  }
  const problem = readProblem(status, value, headers.location);
  if (status < 500 && status !== 429) throw new Refused(problem);
  throw new Transient(`HTTP ${status}: ${problem.title}`, retryAfterMs(headers["retry-after"]));
}
function retryAfterMs(header) {
  if (!header) return 0;
  const seconds = Number(header);
  const ms = Number.isFinite(seconds) ? seconds * 1e3 : Date.parse(header) - Date.now();
  return Number.isFinite(ms) ? Math.min(Math.max(ms, 0), LONGEST_RETRY_AFTER_MS) : 0;
}
function skewOf(answer, before) {
  const told = Date.parse(answer.headers.date ?? "") - Date.now();
  if (Number.isNaN(told)) return before;
  return Math.abs(told) < 2e3 ? 0 : told;
}
function expected(value) {
  if (value !== null) return value;
  const hint = "client and gate may be of different versions: bring both to the same one";
  throw new Refused({
    type: "about:blank",
    title: "the answer is not what the API promises",
    status: 200,
    hint
  });
}
var parse2 = (text) => {
  try {
    return JSON.parse(text);
  } catch {
    return void 0;
  }
};
function reasonOf(error) {
  const { message, code } = error;
  return message || code || String(error);
}

// src/core/command/secret-formats.ts
var format = (why, hint, source, flags = "g") => ({
  why,
  hint,
  pattern: new RegExp(source, `${flags}d`)
});
var EDGE = "(?<![A-Za-z0-9_])";
var FORMATS = [
  format("GitHub token", "gh", `${EDGE}gh[pousr]_[A-Za-z0-9_]{20,255}`),
  format("GitHub token", "github_pat_", `${EDGE}github_pat_[A-Za-z0-9_]{20,255}`),
  format(
    "GitLab token",
    "gl",
    `${EDGE}gl(?:pat|dt|rt|cbt|ptt|ft|imt|agent|oas|soat|ffct)-[A-Za-z0-9_-]{15,255}`
  ),
  format("Slack token", "xox", `${EDGE}xox[abeoprs](?:\\.xox[abp])?-[A-Za-z0-9-]{8,255}`),
  format("Slack token", "xapp-", `${EDGE}xapp-[A-Za-z0-9-]{8,255}`),
  format(
    "Slack webhook",
    "hooks.slack.com",
    "hooks\\.slack\\.com/(?:services|workflows|triggers)/([A-Za-z0-9/_-]{10,255})"
  ),
  format(
    "Discord webhook",
    "/api/webhooks/",
    "discord(?:app)?\\.com/api/webhooks/\\d{5,30}/([A-Za-z0-9_-]{20,255})"
  ),
  format("AWS access key", "a", `${EDGE}A(?:KIA|SIA|BIA|CCA)[A-Z2-7]{16}(?![A-Za-z0-9])`),
  format("Google API key", "aiza", `${EDGE}AIza[A-Za-z0-9_-]{30,60}`),
  format("Google token", "ya29.", `${EDGE}ya29\\.[A-Za-z0-9_-]{20,1024}`),
  format("Google client secret", "gocspx-", `${EDGE}GOCSPX-[A-Za-z0-9_-]{20,60}`),
  format("Stripe key", "_live_", `${EDGE}(?:sk|rk|pk|whsec)_live_[A-Za-z0-9]{10,255}`),
  format("Stripe key", "_test_", `${EDGE}(?:sk|rk)_test_[A-Za-z0-9]{10,255}`),
  format("Stripe webhook secret", "whsec_", `${EDGE}whsec_[A-Za-z0-9+/=]{20,255}`),
  format("npm token", "npm_", `${EDGE}npm_[A-Za-z0-9]{30,60}`),
  format("PyPI token", "pypi-", `${EDGE}pypi-[A-Za-z0-9_-]{30,512}`),
  format("SendGrid key", "sg.", `${EDGE}SG\\.[A-Za-z0-9_-]{16,40}\\.[A-Za-z0-9_-]{16,80}`),
  format("Twilio key", "sk", `${EDGE}SK[0-9a-f]{32}(?![A-Za-z0-9])`),
  format(
    "Anthropic or OpenAI key",
    "sk-",
    `${EDGE}sk-(?:ant-|proj-|svcacct-|admin-|or-)?[A-Za-z0-9_-]{20,512}`
  ),
  format("Azure key", "accountkey=", "AccountKey=([A-Za-z0-9+/=]{20,255})", "gi"),
  format(
    "Azure key",
    "sharedaccess",
    `(?:SharedAccessKey|SharedAccessSignature)=([^\\s;'"&]{10,512})`,
    "gi"
  ),
  format("Azure signature", "sig=", "[?&;]sig=([A-Za-z0-9%+/=]{20,255})"),
  format(
    "JWT",
    "eyj",
    `${EDGE}eyJ[A-Za-z0-9_-]{5,4096}\\.[A-Za-z0-9_-]{5,8192}(?:\\.[A-Za-z0-9_-]{0,2048})?`
  ),
  format("Vault token", "hv", `${EDGE}hv[sbr]\\.[A-Za-z0-9_-]{20,512}`),
  format("DigitalOcean token", "do", `${EDGE}do[opr]_v1_[a-f0-9]{40,80}`),
  format("Shopify token", "shp", `${EDGE}shp(?:at|ca|pa|ss)_[A-Fa-f0-9]{20,64}`),
  format("Telegram token", ":aa", "(?<!\\d)\\d{8,10}:AA[A-Za-z0-9_-]{30,40}(?![A-Za-z0-9])"),
  format("age key", "age-secret-key-", "AGE-SECRET-KEY-1[A-Z0-9]{30,80}"),
  format("Gatehouse token", "gate_", `${EDGE}gate_[A-Za-z0-9_-]{16,255}`),
  format("Hugging Face token", "hf_", `${EDGE}hf_[A-Za-z0-9]{30,60}`),
  format("Databricks token", "dapi", `${EDGE}dapi[a-f0-9]{32}(?:-\\d)?`),
  format("Docker token", "dckr_", `${EDGE}dckr_(?:pat|oat)_[A-Za-z0-9_-]{20,60}`),
  format("Terraform token", ".atlasv1.", `${EDGE}[A-Za-z0-9]{10,20}\\.atlasv1\\.[A-Za-z0-9_-]{40,100}`),
  format("Fly token", "fm", `${EDGE}(?:fm[12][ar]?_|FlyV1 fm2_)[A-Za-z0-9+/=,_-]{20,4096}`),
  format("Linear key", "lin_api_", `${EDGE}lin_api_[A-Za-z0-9]{30,60}`),
  format("New Relic key", "nrak-", `${EDGE}NRAK-[A-Z0-9]{20,40}`),
  format("Grafana token", "gl", `${EDGE}gl(?:sa|c)_[A-Za-z0-9+/=_-]{20,255}`),
  format("Doppler token", "dp.", `${EDGE}dp\\.(?:pt|st|ct|sa|scim|audit)\\.[A-Za-z0-9._-]{20,100}`),
  format("Sentry token", "sntrys_", `${EDGE}sntry[su]_[A-Za-z0-9+/=_-]{20,512}`),
  format("PlanetScale password", "pscale_", `${EDGE}pscale_(?:pw|tkn|oauth)_[A-Za-z0-9_.-]{20,80}`),
  format("Supabase token", "sbp_", `${EDGE}sb(?:p|_secret)_[A-Za-z0-9_]{20,80}`),
  format("Mailgun key", "key-", `${EDGE}key-[0-9a-f]{32}(?![A-Za-z0-9])`),
  format("Heroku key", "hrku-", `${EDGE}HRKU-[A-Za-z0-9_-]{20,100}`),
  format("Pulumi token", "pul-", `${EDGE}pul-[a-f0-9]{40}`),
  format("Atlassian token", "atatt", `${EDGE}ATATT3[A-Za-z0-9_=-]{20,255}`),
  format(
    "password in a web address",
    "://",
    `(?<=://)(?<!\\w{30}://)[^\\s/:@'"?#<>$]{0,128}:([^\\s/@'"?#<>]{1,256})@`
  ),
  format("token in a web address", "://", "(?<=://)([A-Za-z0-9_-]{20,255})(?:@)"),
  format(
    "token in a web address",
    "=",
    `[?&;](?:access_token|auth_token|token|api_?key|apikey|key|secret|client_secret|password|passwd|pwd|signature|x-amz-signature|x-amz-security-token|sig|auth|code|sessionid)=([^\\s&#'";<>|]{4,2048})`,
    "gi"
  ),
  format(
    "authorization header",
    "authorization",
    `authorization["']{0,2}\\s{0,4}[:=]\\s{0,4}["']{0,2}(?:(?:bearer|basic|token|digest|negotiate|apikey|splunk|genie[Kk]ey|bot)\\s{1,4})?([^\\s'"\\\\]{3,8192})`,
    "gi"
  ),
  format("bearer token", "bearer", `${EDGE}bearer\\s{1,4}([A-Za-z0-9._~+/=-]{8,8192})`, "gi"),
  format(
    "secret header",
    "-",
    `(?:x-(?:api|auth|access|vault|amz-security|gitlab|github|shopify-access|goog-api|csrf|webhook|hub)[a-z-]{0,20}|private-token|job-token|api-key|apikey|dd-api-key|circle-token|cookie|set-cookie|proxy-authorization)\\s{0,3}:\\s{0,4}([^\\s'"\\\\;]{3,8192})`,
    "gi"
  ),
  format(
    "password in SQL",
    "identified",
    `identified\\s{1,8}(?:with\\s{1,8}\\S{1,40}\\s{1,8})?by\\s{1,8}(?:password\\s{1,8})?['"]([^'"]{1,256})['"]`,
    "gi"
  ),
  format("password in SQL", "password", "\\bpassword\\s{1,8}'([^']{1,256})'", "gi"),
  format(
    "value in JSON",
    '":',
    '"[A-Za-z0-9_.-]{0,64}?(?:password|passwd|passphrase|secret|token|api[_-]?key|private[_-]?key|access[_-]?key|auth|credentials?)"\\s{0,4}:\\s{0,4}"([^"\\\\]{1,4096})"',
    "gi"
  )
];
var isReference = (value) => /^(?:\$(?:\{\{[^}]{0,200}\}\}|\{[^{}]{0,200}\}|\([^()]{0,400}\)|[A-Za-z_]\w{0,100}|[0-9@*#?!])|\{\{[^{}]{0,200}\}\}|<[\w -]{1,60}>|%[A-Z_]{2,60}%|`[^`]{0,400}`|\*{3,}|%redacted%|\$|-|@-|@?\/dev\/stdin)$/.test(
  value
);
var BODY = /[A-Za-z0-9+/=\s\\:,.-]{0,16384}/y;
function findPrivateKeys(text) {
  const found = [];
  for (let at = 0; ; ) {
    const begin = text.indexOf("-----BEGIN ", at);
    if (begin < 0) return found;
    const header = /^-----BEGIN [A-Z0-9 ]{0,30}PRIVATE KEY(?: BLOCK)?-----/.exec(
      text.slice(begin, begin + 80)
    )?.[0];
    at = begin + (header?.length ?? 11);
    if (!header) continue;
    BODY.lastIndex = at;
    const body = BODY.exec(text)?.[0] ?? "";
    const closing = body.indexOf("-----END");
    const end = at + (closing < 0 ? body.length : closing);
    found.push({ start: at, end, why: "private key" });
    at = end;
  }
}
function findFormats(text) {
  const found = findPrivateKeys(text).filter(({ start, end }) => end > start);
  const lower = text.toLowerCase();
  for (const { why, pattern, hint } of FORMATS) {
    if (!lower.includes(hint)) continue;
    for (const match of text.matchAll(pattern)) {
      const [start, end] = match.indices[1] ?? match.indices[0];
      const value = text.slice(start, end);
      if (end > start && !isReference(value) && !/^\$[A-Za-z{(]/.test(value)) found.push({ start, end, why });
    }
  }
  return found;
}
var HARMLESS = /^(?:[0-9a-fA-F]+|[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}|[0-9A-HJKMNP-TV-Z]{26}|v?\d+(?:[._-]\d+)*|\d{4}-?\d{2}-?\d{2}.*|[A-Z0-9_-]+|[a-z_-]+|[A-Za-z]+)$/;
var kindOf = (code) => code < 58 ? 0 : code < 91 ? 1 : 2;
function looksRandom(run) {
  const plain = run.replace(/[=_+/-]/g, "");
  if (plain.length < 24 || /^(?:sha(?:1|256|384|512)|md5)[:-]/.test(run)) return false;
  if (/^[0-9a-fA-F]+$/.test(plain) || /^[A-Z0-9]+$/.test(plain) || /^[a-z]+$/i.test(plain)) return false;
  if (/[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}/i.test(run)) return false;
  const counts = /* @__PURE__ */ new Map();
  let changes = 0;
  for (let i = 0; i < plain.length; i++) {
    counts.set(plain[i], (counts.get(plain[i]) ?? 0) + 1);
    if (i > 0 && kindOf(plain.charCodeAt(i)) !== kindOf(plain.charCodeAt(i - 1))) changes++;
  }
  let entropy = 0;
  for (const count of counts.values()) entropy -= count / plain.length * Math.log2(count / plain.length);
  const digits = plain.replace(/\D/g, "").length;
  const mixed = /[a-z]/.test(plain) && /[A-Z]/.test(plain);
  const inWords = (plain.match(/[A-Z]?[a-z]{3,}/g) ?? []).join("").length;
  if (inWords > plain.length / 2) return false;
  const rate = changes / (plain.length - 1);
  return mixed ? digits >= 1 && rate >= 0.38 && entropy >= 3.7 : plain.length >= 32 && digits >= 4 && rate >= 0.3 && entropy >= 3.7;
}
function findRandom(text) {
  const found = [];
  for (const match of text.matchAll(/(?<![A-Za-z0-9+/_=.-])[A-Za-z0-9+/_=-]{24,4096}/g)) {
    const run = match[0];
    if (HARMLESS.test(run)) continue;
    const path2 = /\/[a-z0-9_.-]*[a-z]{3}[a-z0-9_.-]*\//i.test(run) && /(^|\/)[a-z]{3,}(\/|$)/.test(run);
    const words = /(^|[-_/])[a-z]{4,}([-_/]|$)/.test(run) || /^[A-Za-z_]{2,40}=/.test(run);
    const pieces = path2 || words ? [...run.matchAll(/[A-Za-z0-9+]{24,}/g)] : [match];
    for (const piece of pieces) {
      const start = match.index + (piece === match ? 0 : piece.index);
      if (looksRandom(piece[0])) found.push({ start, end: start + piece[0].length, why: "looks random" });
    }
  }
  return found;
}

// src/core/command/wrappers.ts
var RUN_VALUES = "-a -c -e -h -l -m -p -u -v -w --add-host --cap-add --cap-drop --cidfile --cpus --device --dns --entrypoint --env --env-file --expose --gpus --health-cmd --hostname --ip --label --link --log-driver --log-opt --mac-address --memory --mount --name --net --network --network-alias --pid --platform --publish --pull --restart --runtime --security-opt --shm-size --stop-timeout --tmpfs --ulimit --user --userns --volume --volumes-from --workdir";
var EXEC_VALUES = "-u -w -e --user --workdir --env --env-file --detach-keys --index";
var SSH_VALUES = "-p -l -i -o -F -J -L -R -D -b -c -E -e -I -m -O -Q -S -W -w -B";
var WRAPPERS = {
  sudo: {
    values: "-u -g -h -p -C -r -t -U -D -R -T --user --group --host --prompt --chdir --close-from --role --type --other-user --chroot",
    assignments: true,
    unless: "-l -v -k -K -e --list --edit --validate"
  },
  doas: { values: "-u -C", unless: "-L" },
  env: { values: "-u -C --unset --chdir", assignments: true, text: "-S --split-string" },
  "cross-env": { assignments: true },
  "cross-env-shell": { assignments: true },
  nohup: {},
  setsid: {},
  time: { values: "-f -o" },
  command: { unless: "-v -V" },
  builtin: {},
  exec: { values: "-a" },
  nice: { values: "-n --adjustment" },
  ionice: { values: "-c -n -p" },
  stdbuf: { values: "-i -o -e" },
  timeout: { values: "-k -s --kill-after --signal", operands: 1 },
  gtimeout: { values: "-k -s", operands: 1 },
  chroot: { values: "--userspec --groups", operands: 1 },
  flock: { values: "-w -E --wait --timeout", operands: 1, text: "-c --command" },
  watch: { values: "-n --interval", joined: true },
  strace: { values: "-e -o -p -s -u" },
  ltrace: { values: "-e -o -p -s" },
  xargs: { values: "-n -I -P -L -d -a -s -E --max-args --max-procs --replace --delimiter --arg-file" },
  parallel: { values: "-j --jobs -a --arg-file --colsep --joblog --timeout --delay", joined: true },
  ssh: { values: SSH_VALUES, operands: 1, joined: true },
  autossh: { values: `${SSH_VALUES} -M`, operands: 1, joined: true },
  sshpass: { values: "-p -f -d -P" },
  mosh: { operands: 1, joined: true },
  "docker exec": { values: EXEC_VALUES, operands: 1 },
  "docker container exec": { values: EXEC_VALUES, operands: 1 },
  "docker run": { values: RUN_VALUES, operands: 1 },
  "docker container run": { values: RUN_VALUES, operands: 1 },
  "docker compose exec": { values: EXEC_VALUES, operands: 1 },
  "docker compose run": { values: RUN_VALUES, operands: 1 },
  "kubectl exec": { afterDashes: true },
  "kubectl run": { afterDashes: true },
  "kubectl debug": { afterDashes: true },
  "oc rsh": { values: "-n -c --container --shell", operands: 1 },
  su: { text: "-c --command" },
  runuser: { values: "-u -g -G --user --group", text: "-c --command" },
  "gcloud compute ssh": { text: "--command" },
  "az vm run-command invoke": { text: "--scripts" },
  "heroku run": { values: "-a --app -s --size -r --remote --type", joined: true },
  "fly ssh console": { text: "-C --command" },
  "vagrant ssh": { text: "-c --command" },
  "railway run": {},
  npx: { values: "-p --package", text: "-c --call" },
  bunx: {},
  pnpx: {},
  uvx: { values: "--from --with --python" },
  "npm exec": { values: "-p --package", text: "-c --call" },
  "npm x": { values: "-p --package" },
  "pnpm exec": {},
  "pnpm dlx": {},
  "yarn exec": {},
  "yarn dlx": { values: "-p --package" },
  "bun x": {},
  "bundle exec": {},
  "poetry run": {},
  "pipenv run": {},
  "uv run": { values: "--with --python -p --env-file --extra --group" },
  "pdm run": {},
  "rye run": {},
  "hatch run": {},
  "mise exec": { afterDashes: true },
  "mise x": { afterDashes: true },
  "direnv exec": { operands: 1 },
  "asdf exec": {},
  "rbenv exec": {},
  "nix-shell": { text: "--run --command" },
  "nix develop": { text: "-c --command" },
  "op run": { afterDashes: true },
  "doppler run": { afterDashes: true, text: "--command" },
  "infisical run": { afterDashes: true, text: "--command" },
  "dotenvx run": { afterDashes: true },
  dotenv: { values: "-e -v -f" },
  "chamber exec": { afterDashes: true },
  "aws-vault exec": { values: "-d --duration --region", operands: 1 },
  "sops exec-env": { operands: 1, joined: true },
  "systemd-run": {
    values: "-p -u -M -H --unit --property --uid --gid --slice --setenv --on-calendar --on-active"
  },
  "systemd-inhibit": { values: "--what --who --why --mode" },
  screen: { values: "-S -p -t -X -L" },
  "tmux new": { values: "-s -n -c", joined: true },
  "tmux new-session": { values: "-s -n -c", joined: true },
  script: { text: "-c --command" },
  nsenter: { values: "-t --target" },
  unshare: {},
  busybox: {},
  gosu: { operands: 1 },
  "su-exec": { operands: 1 },
  setpriv: {},
  tini: {},
  "dumb-init": {},
  caffeinate: {},
  proxychains: {},
  ansible: { text: "-a --args" }
};

// src/core/command/unwrap.ts
var programOf = (name) => name.slice(name.lastIndexOf("/") + 1);

// src/core/command/secret-options.ts
var SECRET_NAME = /(?:^|[_.\-/[])(?:[a-z]{0,24}passw(?:or)?d|passwort|sshpass|(?:auth|access|refresh|api|bearer|session|id|bot|app)tokens?|pass|passphrase|pwd|pw|secret|secrets|secretkey|token|tokens|apikey|api[_-]?key|access[_-]?key|secret[_-]?key(?:[_-]?base)?|private[_-]?key|encryption[_-]?key|signing[_-]?key|master[_-]?key|account[_-]?key|license[_-]?key|routing[_-]?key|integration[_-]?key|auth[_-]?key|ssh[_-]?key|deploy[_-]?key|credentials?|creds|auth|sas|jwt|bearer|cookie|session[_-]?key|salt|pin|otp|dsn|connection[_-]?string|conn[_-]?str|webhook[_-]?url)\]?$/i;
var NO_SECRET_NAME = /(?:^|[_.-])(?:no|with|use|enable|disable|require|skip|has|allow|max|num|reset|rotate|show)[_.-][\w.-]*$|(?:^--?(?:pass|pw|pin|auth|secret|secrets|token-type|creds)$)/i;
var CAMEL = /([a-z0-9])([A-Z])/g;
var nameOf = (text) => text.replace(/^-{1,2}/, "").replace(CAMEL, "$1_$2");
var isSecretName = (text) => text.length <= 128 && SECRET_NAME.test(nameOf(text)) && !NO_SECRET_NAME.test(text);
var HARMLESS_VALUE = /^(?:true|false|yes|no|null|none|nil|undefined|on|off|[01]|required|optional|enabled|disabled|default|auto|env|file|stdin|prompt|basic|oauth2?|md5|trust|iam|password|token|secret|always|never|generic|docker-registry|tls)$/i;
var isFile = (value) => /^(?:\.{0,2}|~|[A-Za-z]:)[/\\](?:[\w.@-]+[/\\])*[\w.@-]+$/.test(value) && value.length < 200 && !/[+=]/.test(value);
var isPointer = (value) => /^(?:arn:|projects\/|op:\/\/|vault:|ssm:|sm:\/\/|file:\/\/|fileb:\/\/|ref\+|secretref:|@?[\w./-]+\.(?:json|ya?ml|txt|pem|key|env|crt|cer|toml|ini))/i.test(
  value
);
var isSecretValue = (value) => value !== "" && !isReference(value) && !HARMLESS_VALUE.test(value) && !isFile(value) && !isPointer(value);
var BY_PROGRAM = [
  {
    programs: /^(mysql|mysqldump|mysqladmin|mariadb(-dump|-admin)?|mysqlimport|mycli)$/,
    options: /^$/,
    glued: /^-p(?=.)/
  },
  {
    programs: /^(docker|podman|helm|skopeo|buildah|crane|oras|nerdctl|az|cf|sshpass|mongo|mongosh|mongodump|mongorestore|cqlsh|argocd|oc|fluxctl|mosquitto_pub|rabbitmqadmin)$/,
    options: /^-p$/,
    glued: /^-p(?=[^\s-].*[^\d:./-])/
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
  { programs: /^(sonar-scanner|mvn)$/, options: /^$/, glued: /^-Dsonar\.(login|token|password)=(?=.)/ }
];
var LOGIN = /^(login|registry|auth|create-user|create|connect|dockerconfigjson|docker-registry)$/;
var find = (word, value, start, why) => {
  const end = value.length;
  return end > start && isSecretValue(value.slice(start)) ? [{ word, start, end, why }] : [];
};
var BEFORE_ASSIGNMENT = /^(?:-e|--env|--build-arg|--from-literal|export|env|cross-env|config:set|-v|-var|--set-string|--set-env-vars)$/;
var followsValue = (text) => /^[ \t]*(?:$|[\n,}#])/.test(text);
function assigned({ words, i: word }) {
  const { value, quoted: quoted2 } = words[word];
  if (!value.includes("=") && !value.includes(":")) return [];
  const whole = !quoted2 || BEFORE_ASSIGNMENT.test(words[word - 1]?.value ?? "");
  const found = [];
  let until = 0;
  for (const match of value.matchAll(
    /(?<![A-Za-z0-9_.-])(-{0,2}[A-Za-z_][A-Za-z0-9_.[\]-]{0,127})(["']?\s{0,2}[=:]\s{0,2}["']?)/g
  )) {
    if (match.index < until) continue;
    const name = match[1];
    const colon = match[2].includes(":");
    if (!isSecretName(name) || colon && !/["']/.test(match[2]) && !/:\s/.test(match[2])) continue;
    const start = match.index + match[0].length;
    const quote = /["']$/.exec(match[2])?.[0];
    const sole = match.index === 0 && !quote;
    const rest = value.slice(start, start + 8192);
    const length = quote ? quotedLength(rest, quote) : sole && !name.startsWith("--set") && !/^-?D?[a-z]+[.[]/.test(name) ? whole || name.startsWith("-") ? /\s[\w.-]{1,64}=/.test(rest) ? /^\S*/.exec(rest)[0].length : rest.length : /^[^\s;&|<>()]*/.exec(rest)[0].length : /^[^\s,;&|<>()"'}\\]*/.exec(rest)[0].length;
    if (colon && !quote && !followsValue(rest.slice(length, length + 64))) continue;
    const secret = rest.slice(0, length);
    until = start + length;
    if (isSecretValue(secret)) found.push({ word, start, end: start + length, why: `value of ${name}` });
  }
  return found;
}
function quotedLength(text, quote) {
  for (let i = 0; i < text.length; i++) {
    if (text[i] === "\\") i++;
    else if (text[i] === quote) return i;
  }
  return text.length;
}
function followed({ words, i, program: program2, rules, before }) {
  const value = words[i].value;
  const next = words[i + 1];
  if (!/^-|:$|^[A-Z]/.test(value)) return [];
  if (!next || next.first || next.value.startsWith("--") || value.includes("=")) return [];
  const lastOnLine = words[i + 2] === void 0 || words[i + 2].first;
  if (value.endsWith(":") && lastOnLine && isSecretName(value.slice(0, -1)))
    return find(i + 1, next.value, 0, `value of ${value}`);
  const rule = rules.find(({ options }) => options.test(value));
  const login = /^(docker|podman|nerdctl|helm|oc|az|argocd|skopeo|buildah|crane|oras|cf)$/.test(program2) ? before().some((word) => LOGIN.test(word)) : true;
  const secretSet = program2 !== "gh" || before().includes("secret");
  if (rule && login && secretSet) return find(i + 1, next.value, 0, `value of ${value}`);
  if (/^(-u|--user|--proxy-user|-U)$/.test(value) && /^(curl|http|https|xh|smbclient)$/.test(program2)) {
    const separator = next.value.indexOf(program2 === "smbclient" ? "%" : ":");
    return separator < 0 ? [] : find(i + 1, next.value, separator + 1, `value of ${value}`);
  }
  if (value === "--value" && /^(aws)$/.test(program2) && words.slice(i).some((one) => /SecureString/.test(one.value)))
    return find(i + 1, next.value, 0, "value of --value");
  if (/^--(secret-string|secret-binary|connection-string|account-key|sas-token|master-user-password|admin-password|kubeconfig-data|fixed-token)$/.test(
    value
  ))
    return find(i + 1, next.value, 0, `value of ${value}`);
  if (/^--?[A-Za-z]/.test(value) && isSecretName(value) && !next.value.startsWith("-"))
    return find(i + 1, next.value, 0, `value of ${value}`);
  if (/^[A-Z][A-Z0-9_]+$/.test(value) && isSecretName(value) && /^(set-env|env|set|add)$/.test(before().find((word) => /^(set-env|set|add)$/.test(word)) ?? ""))
    return find(i + 1, next.value, 0, `value of ${value}`);
  return [];
}
var BY_PLACE = /^(htpasswd|cf|rabbitmqctl|redis-cli|vault|aws)$/;
function positional({ words, i, program: program2, before }) {
  if (!BY_PLACE.test(program2)) return [];
  const { value } = words[i];
  const operands = before().slice(1).filter((word) => !word.startsWith("-"));
  if (program2 === "htpasswd" && before().some((word) => /^-\w*b/.test(word)) && operands.length === (before().some((word) => /^-\w*n/.test(word)) ? 1 : 2))
    return find(i, value, 0, "password");
  if (program2 === "vault" && operands[0] === "login" && operands.length === 1 && !/^-|=/.test(value))
    return find(i, value, 0, "token");
  if (program2 === "aws" && operands[0] === "configure" && /secret_access_key|session_token/.test(operands[2] ?? ""))
    return find(i, value, 0, "key");
  if (program2 === "cf" && operands[0] === "auth" && operands.length === 2)
    return find(i, value, 0, "password");
  if (program2 === "rabbitmqctl" && /^(add_user|change_password)$/.test(operands[0] ?? "") && operands.length === 2)
    return find(i, value, 0, "password");
  if (program2 === "redis-cli" && /^auth$/i.test(operands.at(-1) ?? "")) return find(i, value, 0, "password");
  return [];
}
function glued({ words, i, program: program2, rules, before }) {
  const { value } = words[i];
  for (const { glued: pattern } of rules) {
    const match = pattern?.exec(value);
    if (!match) continue;
    if (/^(docker|podman|nerdctl|helm|oc|az|argocd|cf)$/.test(program2) && !before().some((word) => LOGIN.test(word)))
      continue;
    return find(i, value, match[0].length, `value of ${match[0]}`);
  }
  return [];
}
function program(words, from) {
  for (let i = from; i < words.length && (i === from || !words[i].first); i++) {
    const { value } = words[i];
    if (/^[A-Za-z_]\w*=/.test(value) || value.startsWith("-")) continue;
    if (/^(sudo|env|nohup|time|exec|command|export|timeout|nice|\$|\{|!|then|do|else|if|while)$/.test(value) || /^\d+[smh]?$/.test(value))
      continue;
    return programOf(value);
  }
  return "";
}
var rulesOf = (name) => name === "" ? [] : BY_PROGRAM.filter(({ programs }) => programs.test(name));
function secretsInWords(words, sole = false) {
  const found = [];
  let start = 0;
  let name = program(words, 0);
  let rules = rulesOf(name);
  for (let i = 0; i < words.length; i++) {
    if (words[i].first && !sole && i > 0) {
      start = i;
      name = program(words, i);
      rules = rulesOf(name);
    }
    const plain = rules.length === 0 && !/[=:]|^-|^[A-Z]/.test(words[i].value);
    if (plain && !BY_PLACE.test(name)) continue;
    const from = Math.max(start, i - 24);
    const first = start < from ? [words[start].value] : [];
    const before = () => [...first, ...words.slice(from, i).map((word) => word.value)];
    const place = { words, i, program: name, rules, before };
    found.push(...assigned(place), ...glued(place), ...positional(place), ...followed(place));
  }
  return found;
}

// src/core/command/shell-words.ts
function shellWords(text) {
  const open2 = new Uint8Array(text.length + 1);
  const words = [];
  let word = null;
  let first = true;
  const lastQuote = { "'": text.lastIndexOf("'"), '"': text.lastIndexOf('"') };
  const put = (value, from, to) => {
    word ??= { value: "", from: [], to: [], first, quoted: false };
    word.value += value;
    word.from.push(from);
    word.to.push(to);
  };
  const close = () => {
    if (word) {
      words.push(word);
      first = false;
    }
    word = null;
  };
  for (let i = 0; i < text.length; i++) {
    const c = text[i];
    const template = c === "$" && text[i + 1] === "{" ? templateEnd(text, i) : 0;
    if (template > 0) for (; i < template; i++) put(text[i], i, i + 1);
    if (template > 0) i--;
    else if (c === " " || c === "	" || c === "\r") close();
    else if ("\n;|&()`".includes(c)) {
      close();
      first = true;
    } else if (c === "\\" && i + 1 < text.length) {
      if (text[i + 1] !== "\n") put(text[i + 1], i, i + 2);
      i++;
    } else if ((c === "'" || c === '"') && lastQuote[c] > i) {
      word ??= { value: "", from: [], to: [], first, quoted: true };
      const end = quoted(text, i, c, put);
      open2.fill(c.charCodeAt(0), i + 1, end + 1);
      i = end;
    } else put(c, i, i + 1);
  }
  close();
  return { words, open: open2 };
}
function templateEnd(text, at) {
  const piece = text.slice(at, at + 256);
  return at + (/^\$(?:\{\{[^{}\n]*\}\}|\{[^{}\n]*\})/.exec(piece)?.[0].length ?? -at);
}
function quoted(text, open2, quote, put) {
  let i = open2 + 1;
  for (; i < text.length && text[i] !== quote; i++) {
    const escapes = quote === '"' && text[i] === "\\" && /["\\$`]/.test(text[i + 1] ?? "");
    if (escapes) {
      put(text[i + 1], i, i + 2);
      i++;
    } else put(text[i], i, i + 1);
  }
  return i;
}

// src/core/command/redact.ts
var REDACTED = "%redacted%";
var MAX_NESTING = 3;
function toText(word, open2, { start, end, why, tail = "" }) {
  const quote = open2[word.to[end - 1]];
  const single = tail.replaceAll("'", `'\\''`);
  const inside = quote === 39 ? single : quote === 34 ? tail.replaceAll('"', '\\"') : tail.replace(/['"]/g, "\\$&");
  return { start: word.from[start], end: word.to[end - 1], why, tail: inside };
}
function beforeSubstitution(text, found) {
  const at = text.slice(found.start, found.end).search(/\$\(|`|[<>]\(/);
  return at < 0 ? found : { ...found, end: found.start + at, tail: "" };
}
var SINGLE_QUOTE = 39;
var KEY_MATERIAL = /^[A-Za-z0-9+/=_-]{16,}$/;
function endsStretch(text, open2, at) {
  const quote = open2[at];
  if (quote === SINGLE_QUOTE || text[at - 1] === "\\") return false;
  const char = text[at];
  if (char === "`" || char === "$" && /[\w{(@*#?!$'"-]/.test(text[at + 1] ?? "")) return true;
  return quote === 0 && /[\s;&|<>()]/.test(char);
}
function stretches(text, open2, found) {
  const result = [];
  let start = found.start;
  for (let at = found.start; at <= found.end; at++) {
    if (at < found.end && !endsStretch(text, open2, at)) continue;
    const isFirst = start === found.start;
    const isLast = at === found.end;
    if (at > start && (isFirst || KEY_MATERIAL.test(text.slice(start, at)))) {
      result.push({ start, end: at, why: found.why, tail: isLast ? found.tail : "" });
    }
    start = at + 1;
  }
  return result;
}
function balanced(open2, found) {
  const [before, after] = [open2[found.start], open2[found.end]];
  if (before === after) return found;
  const quote = (code) => code === 0 ? "" : String.fromCharCode(code);
  return { ...found, tail: `${found.tail ?? ""}${quote(before)}${quote(after)}` };
}
function findSecrets(text, depth = 0) {
  const { words, open: open2 } = shellWords(text);
  const nesting = text.length > 8192 ? 1 : MAX_NESTING;
  const found = [...findFormats(text), ...findRandom(text)];
  for (const { word, ...at } of secretsInWords(words)) {
    if (at.end > at.start) found.push(toText(words[word], open2, at));
  }
  for (const word of words) {
    const nested = depth < nesting && /[\s;|&"'`]/.test(word.value);
    const plain = word.value.length === 0 || text.slice(word.from[0], word.to.at(-1)) === word.value;
    if (plain && !nested) continue;
    const inner = nested ? findSecrets(word.value, depth + 1) : [...findFormats(word.value), ...findRandom(word.value)];
    found.push(...inner.map((one) => toText(word, open2, one)));
  }
  const cut = found.flatMap((one) => stretches(text, open2, one));
  return merged(cut).map((one) => balanced(open2, one));
}
function merged(found) {
  const result = [];
  for (const one of found.toSorted((a, b) => a.start - b.start || b.end - a.end)) {
    const last = result.at(-1);
    if (!last || one.start >= last.end) result.push({ ...one });
    else if (one.end > last.end) Object.assign(last, { end: one.end, tail: one.tail });
  }
  return result;
}
function replace(text, found) {
  let result = "";
  let at = 0;
  for (const { start, end, tail = "" } of found) {
    result += text.slice(at, start) + REDACTED + tail;
    at = end;
  }
  return result + text.slice(at);
}
var redactText = (text) => replace(text, findSecrets(text));
function redactArgv(argv) {
  const redactions = [];
  const byWord = /* @__PURE__ */ new Map();
  const words = argv.map((value) => ({ value, first: false, quoted: /\s/.test(value) }));
  for (const { word, ...at } of secretsInWords(words, true))
    byWord.set(word, [...byWord.get(word) ?? [], at]);
  const redacted = argv.map((value, i) => {
    const here = (byWord.get(i) ?? []).map((one) => beforeSubstitution(value, one));
    const found = merged([...here, ...findSecrets(value)]).filter(({ start, end }) => end > start);
    for (const { why } of found) redactions.push({ why, where: `word ${i + 1}` });
    return replace(value, found);
  });
  return { command: { kind: "argv", argv: redacted }, redactions };
}
function redact(command) {
  if (command.kind === "argv") return redactArgv(command.argv);
  const found = findSecrets(command.text);
  return {
    command: { ...command, text: replace(command.text, found) },
    redactions: found.map(({ why, start }) => ({ why, where: `character ${start + 1}` }))
  };
}

// src/core/command/command.ts
var MAX_COMMAND_BYTES = 16 * 1024;
var SAFE_WORD = /^[A-Za-z0-9_@%+=:,./-]+$/;
var quoteWord = (word) => SAFE_WORD.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;
var commandText = (command) => command.kind === "argv" ? command.argv.map(quoteWord).join(" ") : command.text;

// src/ask/facts.ts
import { createHash as createHash2 } from "node:crypto";
import {
  accessSync,
  closeSync,
  constants,
  fstatSync,
  openSync,
  readSync,
  realpathSync,
  statSync
} from "node:fs";
import path from "node:path";
var BASH = "/bin/bash";
function gatherFacts(command, environment, cwd, searchPath) {
  refuseUnclear(command);
  const directory = realDirectory(cwd);
  const name = command.kind === "argv" ? command.argv[0] : BASH;
  const file = findProgram(name, directory, searchPath);
  const { sha256, stamp } = readProgram(file);
  const program2 = sha256 === null ? null : { path: file, sha256 };
  return { command, environment, cwd: directory, program: program2, file, stamp };
}
function difference(before, now) {
  if (before.cwd !== now.cwd) return `the working directory is now ${now.cwd}`;
  if (before.file !== now.file) return `the program is now ${now.file}, it was ${before.file}`;
  if (before.program?.sha256 !== now.program?.sha256) return `${now.file} was changed after you asked`;
  if (!now.program && before.stamp !== now.stamp) return `${now.file} was changed after you asked`;
  return null;
}
function isUntouched(facts) {
  try {
    return stampOf(statSync(facts.file, { bigint: true })) === facts.stamp;
  } catch {
    return false;
  }
}
function refuseUnclear(command) {
  const parts = command.kind === "argv" ? command.argv : [command.text];
  if (parts.some((part) => new RegExp("[\\0\\uFFFD]|\\p{Surrogate}", "u").test(part)))
    throw new Misconfigured(
      "the command is not text: it holds a NUL, U+FFFD, or bytes that are not UTF-8",
      "put it in a script and gate the script"
    );
  if (parts.join("").trim() === "" || parts[0] === "")
    throw new Misconfigured("there is no command", "gate run --env production -- CMD ARG…");
  const bytes = Buffer.byteLength(commandText(command));
  if (bytes > MAX_COMMAND_BYTES)
    throw new Misconfigured(
      `the command is ${bytes} bytes long, ${MAX_COMMAND_BYTES} are the most a person can be asked to read`,
      "put it in a script and gate the script"
    );
}
function realDirectory(cwd) {
  try {
    const directory = realpathSync(cwd);
    if (statSync(directory).isDirectory()) return directory;
  } catch {
  }
  throw new Misconfigured(`there is no directory ${cwd}`, "name an existing one with --cwd");
}
function findProgram(name, cwd, searchPath, otherwise) {
  const places = name.includes("/") ? [name.startsWith("/") ? name : `${cwd}/${name.replace(/^(\.\/+)+/, "")}`] : searchPath.split(":").map((directory) => path.posix.join(path.posix.resolve(cwd, directory), name));
  const file = places.find(isProgram);
  if (file) return file;
  if (otherwise === null) return null;
  if (name.includes("/"))
    throw new Misconfigured(
      `${name} is not a program that can be run in ${cwd}`,
      "is it there, and executable?"
    );
  throw new Misconfigured(`${name} was not found on PATH`, "install it, or name it with its whole path");
}
function isProgram(file) {
  try {
    accessSync(file, constants.X_OK);
    return statSync(file).isFile();
  } catch {
    return false;
  }
}
function readProgram(file) {
  let fd;
  try {
    fd = openSync(file, constants.O_RDONLY | constants.O_NONBLOCK);
  } catch {
    return { sha256: null, stamp: stampOf(statSync(file, { bigint: true })) };
  }
  try {
    const stamp = stampOf(fstatSync(fd, { bigint: true }));
    const hash = createHash2("sha256");
    const buffer = Buffer.allocUnsafe(1024 * 1024);
    for (let n = readSync(fd, buffer); n > 0; n = readSync(fd, buffer)) hash.update(buffer.subarray(0, n));
    return { sha256: hash.digest("hex"), stamp };
  } finally {
    closeSync(fd);
  }
}
var stampOf = (s) => [s.dev, s.ino, s.size, s.mtimeNs, s.ctimeNs].join(":");

// src/ask/invocation.ts
async function invocationOf(facts, byRule, searchPath) {
  const { command, file } = facts;
  if (command.kind === "argv") return { file, argv0: command.argv[0], args: command.argv.slice(1) };
  if (!byRule) return inBash(command.text);
  const { asRead } = await import("./as-read.mjs");
  const read = asRead(command, facts.cwd, searchPath);
  if (read) return read;
  return redact(command).redactions.length > 0 ? null : inBash(command.text);
}
var inBash = (text) => ({
  file: BASH,
  argv0: BASH,
  args: ["--norc", "--noprofile", "-p", "-c", "--", text]
});

export {
  Misconfigured,
  keyIdOf,
  readPublicKey,
  checkGrant,
  Unreachable,
  Refused,
  createClient,
  redactText,
  redact,
  quoteWord,
  commandText,
  gatherFacts,
  difference,
  isUntouched,
  findProgram,
  invocationOf,
  inBash
};
