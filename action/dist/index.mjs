// Made by `npm run action:build` from action/src and src. Do not edit.

// action/src/index.ts
import path2 from "node:path";

// src/ask/context.ts
import { readFileSync } from "node:fs";
import { hostname, userInfo } from "node:os";
var LONGEST = {
  sha: 100,
  run_id: 100,
  run_attempt: 20,
  run_url: 2e3,
  server_url: 2e3
};
function contextOf(env) {
  const context = env.GITHUB_ACTIONS ? github(env) : env.GITLAB_CI ? gitlab(env) : elsewhere(env);
  const entries = Object.entries({ ...context, host: hostname() }).filter(([, value]) => typeof value === "string" && value !== "").map(([name, value]) => [name, value.slice(0, LONGEST[name] ?? 200)]);
  return Object.fromEntries(entries);
}
function github(env) {
  const { GITHUB_SERVER_URL: server, GITHUB_REPOSITORY: repository, GITHUB_RUN_ID: run } = env;
  const attempt = env.GITHUB_RUN_ATTEMPT;
  return {
    source: "github-actions",
    repository,
    ref: env.GITHUB_REF,
    sha: env.GITHUB_SHA,
    run_id: run,
    run_attempt: attempt,
    run_url: address(server && run && `${server}/${repository}/actions/runs/${run}/attempts/${attempt ?? 1}`),
    server_url: address(server),
    job: env.GITHUB_JOB,
    step: env.GITHUB_ACTION,
    // On a re-run it is the person who pressed the button, not the one of the first run.
    actor: env.GITHUB_TRIGGERING_ACTOR || env.GITHUB_ACTOR
  };
}
var gitlab = (env) => ({
  source: "gitlab-ci",
  repository: env.CI_PROJECT_PATH,
  ref: env.CI_COMMIT_REF_NAME,
  sha: env.CI_COMMIT_SHA,
  run_id: env.CI_PIPELINE_ID,
  run_url: address(env.CI_PIPELINE_URL),
  server_url: address(env.CI_SERVER_URL),
  job: env.CI_JOB_NAME,
  step: env.CI_JOB_STAGE,
  actor: env.GITLAB_USER_LOGIN
});
function elsewhere(env) {
  const source = env.SSH_CONNECTION ? "ssh" : env.CI ? "ci" : isUnderCron() ? "cron" : "terminal";
  return { source, actor: loginName() };
}
var address = (url) => url && /^https?:\/\/[^\s]+$/.test(url) && url.length <= 2e3 ? url : void 0;
function loginName() {
  try {
    return userInfo().username;
  } catch {
    return void 0;
  }
}
function isUnderCron() {
  let pid = process.ppid;
  for (let generation = 0; generation < 6 && pid > 1; generation++) {
    try {
      const status = readFileSync(`/proc/${pid}/status`, "latin1");
      if (/^Name:\t(cron|crond|anacron|atd|fcron)$/im.test(status)) return true;
      pid = Number(/^PPid:\t(\d+)$/m.exec(status)?.[1] ?? 0);
    } catch {
      return false;
    }
  }
  return false;
}

// src/ask/duration.ts
var UNITS = { s: 1, m: 60, h: 3600, d: 86400 };
function parseDuration(text) {
  if (/^\d{1,9}$/.test(text)) return Number(text);
  if (!/^(\d{1,6}[smhd])+$/.test(text)) return null;
  const parts = [...text.matchAll(/(\d+)([smhd])/g)];
  return parts.reduce((sum, [, count, unit]) => sum + Number(count) * UNITS[unit], 0);
}
function duration(ms) {
  const seconds = Math.round(ms / 1e3);
  if (ms < 999.5) return `${Math.max(0, Math.round(ms))} ms`;
  if (ms < 9950) return `${(ms / 1e3).toFixed(1).replace(/\.0$/, "")} s`;
  if (seconds < 60) return `${seconds} s`;
  if (seconds < 3600) return pair(seconds, 60, "min", "s");
  if (seconds < 86400) return pair(Math.round(seconds / 60), 60, "h", "min");
  return pair(Math.round(seconds / 3600), 24, "d", "h");
}
var pair = (count, per, large, small) => `${Math.floor(count / per)} ${large}${count % per ? ` ${count % per} ${small}` : ""}`;

// src/ask/execute.ts
import { spawn } from "node:child_process";
import { readFileSync as readFileSync2 } from "node:fs";
import { constants as constants2 } from "node:os";

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
var isLoopback = (hostname2) => /^(localhost|127(\.\d+){3}|\[::1\])$/.test(hostname2);
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
  const call = async (method, path4, given = {}) => {
    const { body, key, ...bounds } = given;
    const once = async () => {
      const { where, timeoutMs } = typeof path4 === "string" ? { where: path4, timeoutMs: ANSWER_MS } : path4();
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
  const path3 = (id, verb = "") => `api/v1/requests/${encodeURIComponent(id)}${verb}`;
  return {
    origin: base.origin,
    now: () => Date.now() + skewMs,
    submit: async (body, key, bounds) => expected(readRequest(await call("POST", "api/v1/requests", { body, key, ...bounds }))),
    wait: async (id, seen, waitSeconds, bounds) => {
      let tries = 0;
      const poll = () => {
        const wait = tries++ === 0 ? waitSeconds : 0;
        return { where: path3(id, `?wait=${wait}&version=${seen}`), timeoutMs: (wait + 10) * 1e3 };
      };
      return expected(readRequest(await call("GET", poll, bounds)));
    },
    start: async (id, startId, bounds) => {
      const answer = await call("POST", path3(id, "/start"), { body: { start_id: startId }, ...bounds });
      expected(typeof answer?.started_at === "string" ? answer : null);
    },
    report: async (id, body, bounds) => {
      await call("POST", path3(id, "/outcome"), { body, ...bounds });
    },
    withdraw: async (id, reason, bounds) => {
      await call("POST", path3(id, "/withdraw"), { body: { reason }, ...bounds });
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

// src/core/command/command.ts
var SAFE_WORD = /^[A-Za-z0-9_@%+=:,./-]+$/;
var quoteWord = (word) => SAFE_WORD.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;
var commandText = (command2) => command2.kind === "argv" ? command2.argv.map(quoteWord).join(" ") : command2.text;

// src/ask/facts.ts
var BASH = "/bin/bash";
var MAX_COMMAND_BYTES = 16 * 1024;
function gatherFacts(command2, environment, cwd, searchPath) {
  refuseUnclear(command2);
  const directory = realDirectory(cwd);
  const name = command2.kind === "argv" ? command2.argv[0] : BASH;
  const file = findProgram(name, directory, searchPath);
  const { sha256, stamp } = readProgram(file);
  const program = sha256 === null ? null : { path: file, sha256 };
  return { command: command2, environment, cwd: directory, program, file, stamp };
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
function refuseUnclear(command2) {
  const parts = command2.kind === "argv" ? command2.argv : [command2.text];
  if (parts.some((part) => new RegExp("[\\0\\uFFFD]|\\p{Surrogate}", "u").test(part)))
    throw new Misconfigured(
      "the command is not text: it holds a NUL, U+FFFD, or bytes that are not UTF-8",
      "put it in a script and gate the script"
    );
  if (parts.join("").trim() === "" || parts[0] === "")
    throw new Misconfigured("there is no command", "gate run --env production -- CMD ARG…");
  const bytes = Buffer.byteLength(commandText(command2));
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
function findProgram(name, cwd, searchPath) {
  if (name.includes("/")) {
    const file = name.startsWith("/") ? name : `${cwd}/${name.replace(/^(\.\/+)+/, "")}`;
    if (isProgram(file)) return file;
    throw new Misconfigured(
      `${name} is not a program that can be run in ${cwd}`,
      "is it there, and executable?"
    );
  }
  for (const directory of searchPath.split(":")) {
    const file = path.posix.join(path.posix.resolve(cwd, directory), name);
    if (isProgram(file)) return file;
  }
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

// src/ask/execute.ts
var DROPPED = new Set("BASH_ENV ENV SHELLOPTS BASHOPTS PS4 PROMPT_COMMAND LD_PRELOAD LD_AUDIT".split(" "));
var PASSED_ON = ["SIGINT", "SIGTERM", "SIGHUP", "SIGQUIT", "SIGUSR1", "SIGUSR2"];
var FROM_KEYBOARD = ["SIGINT", "SIGQUIT"];
function passedOnEnvironment(env, cwd, secret) {
  const kept = Object.entries(env).filter(
    ([name]) => !DROPPED.has(name) && !name.startsWith("BASH_FUNC_") && !secret(name)
  );
  return { ...Object.fromEntries(kept), PWD: cwd };
}
function execute(facts, env) {
  const from = performance.now();
  return new Promise((resolve) => {
    let child = null;
    const passOn = (signal) => {
      if (!(FROM_KEYBOARD.includes(signal) && isInForeground())) child?.kill(signal);
    };
    const end = (execution) => {
      for (const signal of PASSED_ON) process.off(signal, passOn);
      resolve(execution);
    };
    const failed = ({ code = "", message }) => end({ started: false, code, message });
    for (const signal of PASSED_ON) process.on(signal, passOn);
    try {
      child = start(facts, env);
    } catch (error) {
      return failed(error);
    }
    child.once("error", (error) => child?.pid === void 0 && failed(error));
    child.once(
      "exit",
      (exitCode, signal) => end({ started: true, exitCode, signal, durationMs: Math.round(performance.now() - from) })
    );
  });
}
function start({ command: command2, file, cwd }, env) {
  const { argv0, args } = invocation(command2);
  return spawn(file, args, { argv0, cwd, env, shell: false, stdio: ["ignore", "inherit", "inherit"] });
}
function exitCodeOf(execution) {
  if (!execution.started) return execution.code === "ENOENT" ? 127 : 126;
  if (execution.signal) return 128 + constants2.signals[execution.signal];
  return execution.exitCode ?? 1;
}
function invocation(command2) {
  if (command2.kind === "argv") return { argv0: command2.argv[0], args: command2.argv.slice(1) };
  return { argv0: BASH, args: ["--norc", "--noprofile", "-p", "-c", "--", command2.text] };
}
function isInForeground() {
  try {
    const stat = readFileSync2("/proc/self/stat", "latin1");
    const [, , group2, , terminal, foreground] = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
    return terminal !== "0" && group2 === foreground;
  } catch {
    return process.stdin.isTTY === true || process.stderr.isTTY === true;
  }
}

// src/ask/ending.ts
var EXIT = { denied: 120, withdrawn: 121, blocked: 122, mismatch: 123, expired: 124, noGate: 125 };
function verdictOf(ending) {
  switch (ending.kind) {
    case "ran":
      return ranVerdict(ending.execution);
    case "refused":
      return refusedVerdict(ending.request);
    case "mismatch":
      return {
        exitCode: EXIT.mismatch,
        word: "mismatch",
        headline: `not run, what would run is not what was approved: ${ending.why}`,
        hint: ending.hint
      };
    case "interrupted":
      return {
        exitCode: EXIT.withdrawn,
        word: "withdrawn",
        headline: `withdrawn after ${duration(ending.afterMs)} (${ending.signal}); nothing was run`,
        hint: ending.told ? null : "the gate could not be told; it closes the request when it misses this client"
      };
    case "unreachable":
      return {
        exitCode: EXIT.noGate,
        word: "unreachable",
        headline: `the gate cannot be reached, nothing was run: ${ending.why}`,
        hint: ending.hint
      };
    case "misconfigured":
      return { exitCode: EXIT.noGate, word: "misconfigured", headline: ending.why, hint: ending.hint };
  }
}
function ranVerdict(execution) {
  const exitCode = exitCodeOf(execution);
  const verdict = { exitCode, word: "approved", hint: null };
  if (!execution.started)
    return {
      ...verdict,
      headline: `approved, but it could not be started: ${execution.message}`,
      hint: "mend that and ask again; this approval is used up"
    };
  const { signal, durationMs } = execution;
  const how = signal ? `was ended by ${signal}` : `ended with exit code ${exitCode}`;
  return { ...verdict, headline: `the command ${how} after ${duration(durationMs)}` };
}
function refusedVerdict(request) {
  const { decision, state } = request;
  const after = decision ? ` after ${duration(decision.after_seconds * 1e3)}` : "";
  const reason = decision?.reason ? `: ${decision.reason}` : "";
  const by = deciders(request);
  switch (state) {
    case "denied": {
      const isLonely = decision?.by === "nobody-to-ask";
      const hint = isLonely ? "have the gate connected to Slack, or a rule made for this command" : `nothing was run; talk to ${by ?? "them"} before you ask again, and do not ask for the same in another form`;
      return {
        exitCode: EXIT.denied,
        word: state,
        headline: `denied${by ? ` by ${by}` : ""}${after}${reason}`,
        hint
      };
    }
    case "blocked":
      return {
        exitCode: EXIT.blocked,
        word: state,
        headline: `blocked by a policy${reason}`,
        hint: "nothing was run; nobody can approve this one, so do what the policy says instead"
      };
    case "expired":
      return {
        exitCode: EXIT.expired,
        word: state,
        headline: `expired: ${tally(request)} within ${duration((decision?.after_seconds ?? 0) * 1e3)}`,
        hint: `nothing was run; find somebody in ${placeOf(request)} who can decide now, then ask again`
      };
    default:
      return {
        exitCode: EXIT.withdrawn,
        word: state,
        headline: `withdrawn${by ? ` by ${by}` : ""}${after}${reason}`,
        hint: "nothing was run; ask again if it is still wanted"
      };
  }
}
var tally = ({ asked }) => asked.approvals.length > 0 ? `only ${asked.approvals.length} of ${asked.approvals_needed} approved` : "nobody decided";
var deciders = ({ decision }) => decision && decision.people.length > 0 ? listed(decision.people.map((person) => person.name)) : null;
function approvalWords(request) {
  const { decision } = request;
  if (decision?.by === "rule") return `allowed by a rule${decision.reason ? `: ${decision.reason}` : ""}`;
  if (decision?.by === "policy") return `allowed by a policy${decision.reason ? `: ${decision.reason}` : ""}`;
  const by = deciders(request);
  const after = duration((decision?.after_seconds ?? 0) * 1e3);
  return `approved${by ? ` by ${by}` : ""} after ${after}`;
}
var placeOf = ({ asked, environment }) => asked.channel ?? `the channel of ${environment}`;
var listed = (names) => names.length < 2 ? names.join("") : `${names.slice(0, -1).join(", ")} and ${names.at(-1)}`;

// src/ask/pass.ts
import { randomBytes, randomUUID } from "node:crypto";

// src/core/command/digest.ts
import { createHash as createHash3 } from "node:crypto";

// src/core/proof/canonical.ts
function canonical(value) {
  if (Array.isArray(value)) return `[${value.map(canonical).join(",")}]`;
  if (value !== null && typeof value === "object") {
    const entries = Object.entries(value).filter((e) => e[1] !== void 0);
    entries.sort(([a], [b]) => a < b ? -1 : 1);
    return `{${entries.map(([k, v]) => `${canonical(k)}:${canonical(v)}`).join(",")}}`;
  }
  if (typeof value === "number" && !Number.isSafeInteger(value))
    throw new TypeError(`not an integer: ${value}`);
  if (typeof value === "string" && new RegExp("\\p{Surrogate}", "u").test(value))
    throw new TypeError("not well-formed Unicode");
  return JSON.stringify(value);
}

// src/core/command/digest.ts
function digestOf(what, salt) {
  const bound = canonical({
    command: { ...what.command },
    cwd: what.cwd,
    environment: what.environment,
    program: what.program && { ...what.program }
  });
  return createHash3("sha256").update(`gatehouse/action/v1\0${salt}\0${bound}`).digest("hex");
}

// src/ask/await-decision.ts
import { setTimeout as sleep2 } from "node:timers/promises";
var HEARTBEAT_SECONDS = 30;
var WAIT_SECONDS = 20;
var GRACE_MS = 6e4;
var SHORTEST_POLL_MS = 500;
async function awaitDecision(wait) {
  const { client, signal, tell: tell2 } = wait;
  const contact = watchContact(tell2);
  const bounds = { signal, onRetry: contact.failed };
  const ask = (retryForMs) => client.submit(wait.body, wait.idempotencyKey, { ...bounds, retryForMs });
  let request = await ask(wait.connectMs);
  contact.good();
  tell2({ kind: "asked", request });
  while (request.state === "pending") {
    const retryForMs = Date.parse(request.expires_at) - client.now() + GRACE_MS;
    if (retryForMs <= 0)
      throw new Unreachable("the time to decide is over and the gate did not end the request");
    const from = performance.now();
    const next = await client.wait(request.id, request.version, WAIT_SECONDS, { ...bounds, retryForMs }).catch((error) => {
      if (error instanceof Refused && error.problem.status === 404) return ask(retryForMs);
      throw error;
    });
    contact.good();
    const hasChanged = next.version !== request.version || next.id !== request.id;
    if (hasChanged) tell2({ kind: "changed", request: next, before: request });
    else if (performance.now() - from < SHORTEST_POLL_MS)
      await sleep2(SHORTEST_POLL_MS, void 0, { signal });
    request = next;
  }
  return request;
}
function watchContact(tell2) {
  let failures = 0;
  return {
    failed: (failure2) => {
      failures += 1;
      if (failures === 2) tell2({ kind: "lost", why: failure2.message });
    },
    good: () => {
      if (failures >= 2) tell2({ kind: "back" });
      failures = 0;
    }
  };
}

// src/ask/check.ts
var ASK_AGAIN = "look at what changed, then ask again";
function checkApproval(request, asked, now, trusted) {
  const mismatch = (fault, why, hint) => ({
    kind: "mismatch",
    request,
    fault,
    why,
    hint
  });
  const changed = difference(asked, now);
  if (changed) return mismatch("other-command", changed, ASK_AGAIN);
  if (request.grant === null) {
    const isUsed = request.started_at !== null;
    const why = isUsed ? "the approval has been used" : "the approval was not used in time";
    return mismatch(
      isUsed ? "used" : "too-late",
      why,
      "ask again: an approval is good once, and not for long"
    );
  }
  const checked = checkGrant(request.grant, {
    requestId: request.id,
    digestWith: (salt) => digestOf(now, salt),
    publicKeys: trusted.keys,
    nowMs: Date.now()
  });
  if (checked.good) return null;
  return mismatch(
    checked.fault,
    `${WHAT[checked.fault]} (${checked.detail})`,
    hintFor(checked.fault, trusted)
  );
}
var WHAT = {
  malformed: "the approval cannot be read",
  "bad-signature": "the signature on the approval is not good",
  "not-an-approval": "the signed record is not an approval",
  "other-request": "the approval is for another request",
  "other-command": "the approval is for another command",
  "too-late": "the approval is no longer good"
};
function hintFor(fault, trusted) {
  if (fault === "bad-signature") return trusted.mend;
  if (fault === "too-late")
    return "ask again; if you were quick, compare the clock of this machine with the gate’s";
  return "do not run it by hand: tell whoever runs the gate, something between it and you changed the answer";
}

// src/ask/interruption.ts
var INTERRUPTS = ["SIGINT", "SIGTERM", "SIGHUP"];
function watchInterruption() {
  const controller = new AbortController();
  const onSignal = (name) => {
    if (controller.signal.aborted) process.exit(130);
    controller.abort(name);
  };
  for (const name of INTERRUPTS) process.on(name, onSignal);
  return {
    signal: controller.signal,
    stop: () => {
      for (const name of INTERRUPTS) process.off(name, onSignal);
    }
  };
}

// src/ask/pass.ts
var WITHDRAW_MS = 3e3;
var REPORT_MS = 1e4;
async function pass(passage) {
  const interruption = watchInterruption();
  const from = performance.now();
  const known = { request: null };
  try {
    return await go(passage, interruption, known);
  } catch (error) {
    if (interruption.signal.aborted)
      return await takeBack(passage.client, known.request, interruption, performance.now() - from);
    return failure(error, known.request);
  } finally {
    interruption.stop();
  }
}
async function go(passage, interruption, known) {
  const { client, ask, env, connectMs } = passage;
  const { signal } = interruption;
  const gather = () => gatherFacts(ask.command, ask.environment, ask.cwd, env.PATH ?? "/usr/bin:/bin");
  const tell2 = (progress) => {
    if ("request" in progress) known.request = progress.request;
    passage.tell(progress);
  };
  const asked = gather();
  const trusted = await passage.trustedKeys({ signal, retryForMs: connectMs });
  const wait = { client, body: bodyOf(ask, asked), idempotencyKey: randomUUID(), connectMs, signal, tell: tell2 };
  const request = await awaitDecision(wait);
  if (request.state !== "approved") return { kind: "refused", request };
  const now = regather(gather, request);
  if ("kind" in now) return now;
  const mismatch = checkApproval(request, asked, now, trusted);
  if (mismatch) return mismatch;
  const used = await useApproval(client, request, signal);
  if (used) return used;
  if (signal.aborted || !isUntouched(now)) {
    const ran = await report(client, request, { started: true, exitCode: null, signal: null, durationMs: 0 });
    signal.throwIfAborted();
    return { kind: "mismatch", request, fault: "other-command", ...changedAtLast(now, ran) };
  }
  tell2({ kind: "approved", request });
  const running = execute(now, { ...env, PWD: now.cwd });
  interruption.stop();
  const execution = await running;
  return { kind: "ran", request, execution, reported: await report(client, request, execution) };
}
function bodyOf(ask, facts) {
  const { command: command2 } = ask;
  const salt = randomBytes(16).toString("hex");
  return {
    environment: ask.environment,
    ...command2.kind === "argv" ? { argv: command2.argv } : { command: command2.text },
    project: ask.project,
    reason: ask.reason,
    cwd: facts.cwd,
    program: facts.program ?? void 0,
    digest: { salt, sha256: digestOf(facts, salt) },
    timeout_seconds: ask.timeoutSeconds,
    heartbeat_seconds: HEARTBEAT_SECONDS,
    context: ask.context
  };
}
function regather(gather, request) {
  try {
    return gather();
  } catch (error) {
    if (!(error instanceof Misconfigured)) throw error;
    const hint = "look at what changed, then ask again";
    return { kind: "mismatch", request, fault: "other-command", why: error.message, hint };
  }
}
async function useApproval(client, request, signal) {
  const retryForMs = Math.max(0, Date.parse(request.use_by ?? "") - client.now()) || 0;
  try {
    await client.start(request.id, randomUUID(), { signal, retryForMs });
    return null;
  } catch (error) {
    if (!(error instanceof Refused) || error.problem.status !== 409) throw error;
    return { kind: "mismatch", request, fault: "used", why: error.message, hint: error.problem.hint };
  }
}
var changedAtLast = (facts, told) => ({
  why: `${facts.file} was changed while the approval was being used`,
  hint: `look at what changed, then ask again${told ? "" : "; the gate could not be told that nothing ran"}`
});
async function report(client, request, execution) {
  const outcome = execution.started ? { exit_code: execution.exitCode, signal: execution.signal, duration_ms: execution.durationMs } : { exit_code: exitCodeOf(execution), signal: null, duration_ms: 0 };
  const interruption = watchInterruption();
  const signal = AbortSignal.any([interruption.signal, AbortSignal.timeout(REPORT_MS)]);
  try {
    await client.report(request.id, outcome, { signal, retryForMs: REPORT_MS });
    return true;
  } catch {
    return false;
  } finally {
    interruption.stop();
  }
}
async function takeBack(client, request, interruption, afterMs) {
  const signal = String(interruption.signal.reason);
  const ending = { kind: "interrupted", request, signal, afterMs };
  if (!request) return { ...ending, told: false };
  const bounds = { signal: AbortSignal.timeout(WITHDRAW_MS), retryForMs: WITHDRAW_MS };
  const told = await client.withdraw(request.id, `Interrupted by ${signal}`, bounds).then(
    () => true,
    () => false
  );
  return { ...ending, told };
}
function failure(error, request) {
  if (error instanceof Misconfigured)
    return { kind: "misconfigured", request, why: error.message, hint: error.hint };
  if (error instanceof Refused) {
    const { title, detail, hint, errors = [] } = error.problem;
    const fields = errors.map((fault) => `${fault.path}: ${fault.message}`).join("; ");
    const why = [title, detail, fields].filter((part) => part && part !== title).join(": ");
    return { kind: "misconfigured", request, why: why ? `${title}: ${why}` : title, hint };
  }
  if (error instanceof Unreachable) {
    const hint = request ? `the request was ${request.id}; it ends by itself. Ask again when the gate is back` : "is GATE_URL right, does the gate run, can this machine reach it?";
    return { kind: "unreachable", request, why: error.message, hint };
  }
  throw error;
}

// src/ask/pinned-keys.ts
var PEM = /-----BEGIN PUBLIC KEY-----[\s\S]+?-----END PUBLIC KEY-----/g;
function readPinnedKeys(text, name = "GATE_PUBLIC_KEY") {
  const written2 = text.replaceAll("\\n", "\n").trim();
  try {
    const keys = (written2.startsWith("{") ? fromJson(written2) : fromText(written2)).map(readPublicKey);
    if (keys.length > 0) return keys;
  } catch {
  }
  throw new Misconfigured(
    `${name} is no Ed25519 public key`,
    'copy it from https://GATE/api/v1/keys (the value of "x"), or give it as PEM or JWK'
  );
}
var fromText = (text) => [
  ...text.match(PEM) ?? [],
  ...text.replace(PEM, " ").split(/[\s,]+/).filter(Boolean)
];
function fromJson(text) {
  const value = JSON.parse(text);
  return (value.keys ?? [value]).map((key) => JSON.stringify(key));
}

// src/core/command/visible.ts
var HIDDEN = "(?![\\n\\t ])[\\p{Cc}\\p{Cf}\\p{Cs}\\p{Co}\\p{Cn}\\p{Z}\\p{Default_Ignorable_Code_Point}\\u2800\\u{1D159}\\u{16FE4}\\uFFFC]";
var MARKS_TOO_MANY = "(?<=\\p{M}{3})\\p{M}";
var HIDDEN_OR_BRACKET = new RegExp(`${HIDDEN}|${MARKS_TOO_MANY}|[\\u27E6\\u27E7]`, "gu");
var HIDDEN_ONLY = new RegExp(`${HIDDEN}|${MARKS_TOO_MANY}`, "gu");
var written = (character) => `⟦U+${character.codePointAt(0).toString(16).toUpperCase().padStart(4, "0")}⟧`;
var visible = (text) => text.replace(HIDDEN_OR_BRACKET, written);
var terminalSafe = (text) => text.replace(HIDDEN_ONLY, written);
var LOOK_ALIKES = /* @__PURE__ */ new Set([
  ..."авсԁеɡһіјӏкӏмոорԛгѕтսѵԝхуүзпьАВСЕНІЈКМОРԚЅТԜХУҮЗѴԌ",
  ..."αορνικτυχγηωϲϳΑΒΕΖΗΙΚΜΝΟΡΤΥΧϹͿ",
  ..."օհցզԼՕՍոսᎪᏴᏟᎠᎬᏀᎻᎥᏦᏞᎷᏢᏒᏚᎢᏙᎳᏃɑɩ",
  ..."⁄∕⧸∶꞉․‚"
]);

// src/ask/words.ts
var oneLine = (text) => terminalSafe(text.replace(/[\n\t]+/g, " "));
function aligned(rows, indent = "") {
  const shown = rows.filter((row) => Boolean(row[1]));
  const width = Math.max(...shown.map(([name]) => name.length)) + 2;
  const lines = shown.map(([name, value]) => {
    const [first, ...rest] = terminalSafe(value).replaceAll("	", "  ").split("\n");
    const start2 = `${indent}${name.padEnd(width)}`;
    return [`${start2}${first}`, ...rest.map((line) => `${" ".repeat(start2.length)}${line}`)].join("\n");
  });
  return `${lines.join("\n")}
`;
}
function askedRows(request, command2, now) {
  const { asked } = request;
  const needed2 = asked.approvals_needed > 1 ? `, ${asked.approvals_needed} approvals needed` : "";
  return [
    ["command", shortened(command2)],
    ["risk", riskWords(request)],
    ["asked", `${asked.reviewers}${asked.channel ? ` in ${asked.channel}` : ""}${needed2}`],
    ["until", `${clockTime(request.expires_at)} (${timeLeft(request, now)})`],
    ["card", request.url],
    ...request.notes.map((note) => ["note", note]),
    ["problem", asked.problem]
  ];
}
function riskWords({ assessment }) {
  const why = assessment.reasons.map((reason) => reason.why).slice(0, 3);
  return [`${assessment.level} (${assessment.score})`, why.join("; ")].filter(Boolean).join(": ");
}
function newsLines(before, now) {
  const lines = [];
  if (now.asked.approvals.length > before.asked.approvals.length) lines.push(approvalsWords(now));
  if (now.asked.problem && now.asked.problem !== before.asked.problem) lines.push(now.asked.problem);
  if (before.asked.problem && !now.asked.problem) lines.push("people can see the request now");
  if (now.url !== before.url) lines.push(`the card is now ${now.url}`);
  lines.push(...now.notes.filter((note) => !before.notes.includes(note)));
  return lines.map(oneLine);
}
var approvalsWords = ({ asked }) => `${asked.approvals.length} of ${asked.approvals_needed} approved, by ${listed(asked.approvals.map((p) => p.name))}`;
var timeLeft = (request, now) => `${duration(Math.max(0, Math.ceil((Date.parse(request.expires_at) - now) / 1e3) * 1e3))} left`;
var clockTime = (at) => new Date(at).toLocaleTimeString("en-GB", { hour: "2-digit", minute: "2-digit", timeZoneName: "short" });
function shortened(command2) {
  const lines = command2.split("\n");
  const shown = lines.slice(0, 12).map((line) => line.length > 500 ? `${line.slice(0, 500)}…` : line);
  return lines.length > 12 ? `${shown.join("\n")}
… and ${lines.length - 12} more lines` : shown.join("\n");
}

// action/src/runner.ts
import { randomUUID as randomUUID2 } from "node:crypto";
import { appendFileSync } from "node:fs";
var input = (name) => (process.env[inputVariable(name)] ?? "").trim();
var inputVariable = (name) => `INPUT_${name.replaceAll(" ", "_").toUpperCase()}`;
var savedState = (name) => process.env[`STATE_${name}`] ?? "";
var saveState = (name, value) => toFile("GITHUB_STATE", name, value);
var setOutput = (name, value) => toFile("GITHUB_OUTPUT", name, value);
function addSummary(html) {
  const file = process.env.GITHUB_STEP_SUMMARY;
  if (file) appendFileSync(file, `${html}
`);
}
var mask = (secret) => command("add-mask", {}, secret);
var group = (title) => command("group", {}, oneLine(title));
var endGroup = () => command("endgroup", {}, "");
var annotateError = (title, message) => command("error", { title: oneLine(title) }, oneLine(message));
var annotateWarning = (title, message) => command("warning", { title: oneLine(title) }, oneLine(message));
function print(text) {
  const token = randomUUID2();
  process.stdout.write(`::stop-commands::${token}
${text.replace(/\n?$/, "\n")}::${token}::
`);
}
function command(name, properties, value) {
  const pairs = Object.entries(properties).map(([key, text]) => `${key}=${escapeProperty(text)}`);
  process.stdout.write(`::${name}${pairs.length > 0 ? ` ${pairs.join(",")}` : ""}::${escapeValue(value)}
`);
}
var escapeValue = (text) => text.replaceAll("%", "%25").replaceAll("\r", "%0D").replaceAll("\n", "%0A");
var escapeProperty = (text) => escapeValue(text).replaceAll(":", "%3A").replaceAll(",", "%2C");
function toFile(variable, name, value) {
  const file = process.env[variable];
  const delimiter = `end-${randomUUID2()}`;
  if (file) appendFileSync(file, `${name}<<${delimiter}
${value}
${delimiter}
`);
}

// action/src/log.ts
var QUIET_LINE_MS = 6e4;
function logProgress(command2, now) {
  let ticker;
  const end = () => clearInterval(ticker);
  const tell2 = (progress) => {
    if (progress.kind === "lost")
      return print(`Lost contact with the gate (${oneLine(progress.why)}), trying again`);
    if (progress.kind === "back") return print("Contact is back");
    const { request } = progress;
    saveState("request", request.id);
    if (progress.kind === "approved") {
      end();
      saveState("started", String(Date.now()));
      const words = oneLine(approvalWords(request));
      return print(`${words.charAt(0).toUpperCase()}${words.slice(1)}; running it`);
    }
    if (request.state !== "pending") return;
    if (progress.kind === "changed") {
      const news = newsLines(progress.before, request);
      if (news.length > 0) print(news.join("\n"));
    } else {
      group(`Asking to run in ${request.environment}`);
      print(aligned(askedRows(request, command2, now())));
      endGroup();
      print(`Waiting for approval until ${clockTime(request.expires_at)}: ${oneLine(request.url)}`);
    }
    end();
    ticker = setInterval(() => print(`Still waiting, ${timeLeft(request, now())}`), QUIET_LINE_MS);
  };
  return { tell: tell2, end };
}

// action/src/post.ts
var BOUND_MS = 5e3;
async function cleanUp() {
  const id = savedState("request");
  if (!id || savedState("ended")) return;
  const options = {
    url: input("url"),
    token: input("token"),
    allowInsecure: process.env.GATE_INSECURE === "1"
  };
  const client = createClient(options);
  const bounds = { signal: AbortSignal.timeout(BOUND_MS), retryForMs: BOUND_MS };
  const started = Number(savedState("started"));
  if (started > 0) {
    const outcome = { exit_code: null, signal: "SIGKILL", duration_ms: Math.max(0, Date.now() - started) };
    await client.report(id, outcome, bounds);
    print(`The job was cancelled while the command ran; the gate knows (${id})`);
  } else {
    await client.withdraw(id, "The job was cancelled", bounds);
    print(`The job was cancelled; the request was withdrawn (${id})`);
  }
}

// action/src/summary.ts
function summaryOf(ending, verdict, asked) {
  const { request } = ending;
  const execution = ending.kind === "ran" && ending.execution.started ? ending.execution : null;
  const isGood = execution !== null && verdict.exitCode === 0;
  const rows = [
    ["Command", `<pre>${escaped(asked.command)}</pre>`],
    ["Environment", escaped(asked.environment)],
    ["Risk", request && escaped(riskWords(request))],
    ["Decision", escaped(ending.kind === "ran" ? approvalWords(ending.request) : verdict.headline)],
    ["What to do", verdict.hint && escaped(verdict.hint)],
    ["Exit code", execution && `${verdict.exitCode}, after ${duration(execution.durationMs)}`],
    ["Request", request && link(request.url, request.id)]
  ];
  const cells = rows.filter(([, value]) => value).map(([name, value]) => `<tr><th align="left">${name}</th><td>${value}</td></tr>`);
  const heading = `${isGood ? "✅" : "⛔"} Gatehouse: ${escaped(titleOf(ending, verdict))}`;
  return `<h3>${heading}</h3><table>${cells.join("")}</table>
`;
}
function titleOf(ending, { word, exitCode }) {
  if (ending.kind !== "ran") return word;
  return exitCode === 0 ? "approved and run" : "approved, but the command failed";
}
var link = (url, text) => /^https?:\/\//.test(url) ? `<a href="${escaped(url)}">${escaped(text)}</a>` : escaped(text);
var ENTITIES = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "\n": "&#10;"
};
var escaped = (text) => visible(text).replace(/[&<>"\n]/g, (character) => ENTITIES[character]);

// action/src/words.ts
var BLANK = /[ \t\n]/;
var NEEDS_SHELL = /[$`*?[\]{}()<>|&;#!~]/;
function splitWords(text) {
  const words = [];
  let word = null;
  for (let at = 0; at < text.length; at++) {
    const character = text[at];
    if (BLANK.test(character)) {
      if (word !== null) words.push(word);
      word = null;
      continue;
    }
    const [value, end] = readPart(text, at);
    word = (word ?? "") + value;
    at = end;
  }
  if (word !== null) words.push(word);
  return words;
}
function readPart(text, at) {
  const character = text[at];
  if (character === "'") {
    const end = closing(text, at, "'");
    return [text.slice(at + 1, end), end];
  }
  if (character === '"') return readDoubleQuoted(text, at);
  if (character === "\\") {
    const next = text[at + 1];
    if (next === void 0 || next === "\n") throw refusal("a backslash at the end of a line");
    return [next, at + 1];
  }
  if (NEEDS_SHELL.test(character)) throw refusal(character);
  return [character, at];
}
function readDoubleQuoted(text, from) {
  let value = "";
  for (let at = from + 1; at < text.length; at++) {
    const character = text[at];
    if (character === '"') return [value, at];
    if (character === "$" || character === "`") throw refusal(character);
    const isEscape = character === "\\" && /[$`"\\]/.test(text[at + 1] ?? "");
    value += isEscape ? text[++at] : character;
  }
  throw refusal("an open quote");
}
function closing(text, from, quote) {
  const end = text.indexOf(quote, from + 1);
  if (end < 0) throw refusal("an open quote");
  return end;
}
var refusal = (what) => new Misconfigured(`without a shell the command cannot hold ${what}`, "quote it, or use shell: bash");

// action/src/index.ts
var INPUTS = "command environment url token timeout reason working-directory shell public-key".split(" ");
var NOT_PASSED_ON = /* @__PURE__ */ new Set([
  ...INPUTS.map(inputVariable),
  ..."GATE_TOKEN GITHUB_STATE STATE_request STATE_started STATE_ended".split(" "),
  ..."ACTIONS_RUNTIME_TOKEN ACTIONS_RUNTIME_URL ACTIONS_RESULTS_URL ACTIONS_CACHE_URL".split(" ")
]);
var CONNECT_MS = 6e4;
async function main() {
  saveState("main", "yes");
  if (input("token")) mask(input("token"));
  const ending = await go2().catch((error) => {
    if (!(error instanceof Misconfigured)) throw error;
    return { kind: "misconfigured", request: null, why: error.message, hint: error.hint };
  });
  saveState("ended", "yes");
  return tell(ending);
}
async function go2() {
  const ask = readAsk();
  const client = createClient({
    url: needed("url"),
    token: needed("token"),
    allowInsecure: process.env.GATE_INSECURE === "1"
  });
  const { tell: tell2, end } = logProgress(commandText(ask.command), client.now);
  return pass({
    client,
    ask,
    env: passedOnEnvironment(process.env, ask.cwd, (name) => NOT_PASSED_ON.has(name)),
    connectMs: CONNECT_MS,
    trustedKeys: (bounds) => trustedKeys(client, bounds),
    tell: tell2
  }).finally(end);
}
function readAsk() {
  const timeout = input("timeout");
  const timeoutSeconds = timeout ? parseDuration(timeout) : void 0;
  if (timeoutSeconds === null || timeoutSeconds === 0 || (timeoutSeconds ?? 1) > 86400)
    throw new Misconfigured(`timeout is no duration up to 24h: ${timeout}`, "write it as 90s, 5m or 1h30m");
  return {
    command: readCommand(),
    environment: needed("environment"),
    cwd: path2.resolve(process.env.GITHUB_WORKSPACE || process.cwd(), input("working-directory")),
    reason: input("reason") || void 0,
    timeoutSeconds,
    context: contextOf(process.env)
  };
}
function readCommand() {
  const text = needed("command");
  const shell = input("shell") || "bash";
  if (shell === "bash") return { kind: "shell", text };
  if (shell === "none") return { kind: "argv", argv: splitWords(text) };
  throw new Misconfigured(`there is no shell ${shell}`, "use bash, or none for a program without a shell");
}
function needed(name) {
  const value = input(name);
  if (!value) throw new Misconfigured(`the input ${name} is missing`, `give it under "with:" in the step`);
  return value;
}
async function trustedKeys(client, bounds) {
  const pinned = input("public-key");
  const mend = "compare the input public-key with /api/v1/keys of the gate, on a way you trust";
  if (pinned) return { keys: readPinnedKeys(pinned, "public-key"), mend };
  const keys = await client.keys(bounds);
  const names = keys.map(keyIdOf).join(", ");
  annotateWarning(
    "Gatehouse",
    `no public-key given: trusting what ${client.origin} says its key is (${names})`
  );
  return { keys, mend };
}
function tell(ending) {
  const verdict = verdictOf(ending);
  const { decision, id } = ending.request ?? {};
  const people = decision?.people.map((person) => person.name).join(", ");
  const ran = ending.kind === "ran" && ending.execution.started;
  setOutput("decision", verdict.word);
  setOutput("request-id", id ?? "");
  setOutput("decided-by", people || decision?.by || "");
  setOutput("reason", decision?.reason ?? "");
  setOutput("exit-code", ran ? String(verdict.exitCode) : "");
  addSummary(summaryOf(ending, verdict, { command: input("command"), environment: input("environment") }));
  const sentence = `${verdict.headline.charAt(0).toUpperCase()}${verdict.headline.slice(1)}`;
  if (verdict.exitCode === 0) print(sentence);
  else annotateError("Gatehouse", [sentence, verdict.hint].filter(Boolean).join(". Next: "));
  if (ending.kind === "ran" && !ending.reported)
    annotateWarning("Gatehouse", "the gate could not be told how the command ended");
  return verdict.exitCode;
}
try {
  process.exit(savedState("main") ? await cleanUp().then(() => 0) : await main());
} catch (error) {
  annotateError("Gatehouse", `not run: ${error.message}`);
  process.exit(savedState("main") ? 0 : 1);
}
