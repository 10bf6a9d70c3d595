// Made by `npm run action:build` from action/src and src. Do not edit.
import {
  Misconfigured,
  Refused,
  Unreachable,
  checkGrant,
  commandText,
  createClient,
  difference,
  gatherFacts,
  invocationOf,
  isUntouched,
  keyIdOf,
  readPublicKey,
  redact,
  redactText
} from "./chunk.mjs";

// action/src/index.ts
import path from "node:path";

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

// src/core/duration.ts
var UNITS = { s: 1, m: 60, h: 3600, d: 86400 };
function parseDuration(text) {
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
import { readFileSync as readFileSync2 } from "node:fs";
import { constants } from "node:os";
var DROPPED = new Set("BASH_ENV ENV SHELLOPTS BASHOPTS PS4 PROMPT_COMMAND LD_PRELOAD LD_AUDIT".split(" "));
var PASSED_ON = ["SIGINT", "SIGTERM", "SIGHUP", "SIGQUIT", "SIGUSR1", "SIGUSR2"];
var FROM_KEYBOARD = ["SIGINT", "SIGQUIT"];
function passedOnEnvironment(env, cwd, secret) {
  const kept = Object.entries(env).filter(
    ([name]) => !DROPPED.has(name) && !name.startsWith("BASH_FUNC_") && !secret(name)
  );
  return { ...Object.fromEntries(kept), PWD: cwd };
}
function execute(invocation, cwd, env) {
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
      child = start(invocation, cwd, env);
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
function start({ file, argv0, args }, cwd, env) {
  const { spawn } = process.getBuiltinModule("node:child_process");
  return spawn(file, args, { argv0, cwd, env, shell: false, stdio: ["ignore", "inherit", "inherit"] });
}
function exitCodeOf(execution) {
  if (!execution.started) return execution.code === "ENOENT" ? 127 : 126;
  if (execution.signal) return 128 + constants.signals[execution.signal];
  return execution.exitCode ?? 1;
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
      if (decision?.by === "nobody-there") return nobodyThere(request, after);
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
        hint: "nothing was run, and nobody can approve it: do what the policy says instead; gate rules explain shows every policy that was looked at"
      };
    case "expired":
      return {
        exitCode: EXIT.expired,
        word: state,
        headline: `expired: ${tally(request)} within ${duration((decision?.after_seconds ?? 0) * 1e3)}`,
        hint: `nothing was run; find somebody in ${placeOf(request)} who can decide now, then ask again`
      };
    default: {
      const isReplaced = decision?.by === "newer-request";
      return {
        exitCode: EXIT.withdrawn,
        word: state,
        headline: `withdrawn${by ? ` by ${by}` : ""}${after}${reason}`,
        hint: isReplaced ? "nothing was run; the newer request goes on in its place, do not ask again for this one" : "nothing was run; ask again if it is still wanted"
      };
    }
  }
}
var nobodyThere = (request, after) => ({
  exitCode: EXIT.denied,
  word: "denied",
  headline: `denied${after}: nobody was there in ${placeOf(request)}, and this token does not wait for them`,
  hint: "nothing was run; ask again in office hours, or have a rule made for this command"
});
var tally = ({ asked }) => asked.approvals.length > 0 ? `only ${asked.approvals.length} of ${asked.approvals_needed} approved` : "nobody decided";
var deciders = ({ decision }) => decision && decision.people.length > 0 ? listed(decision.people.map((person) => person.name)) : null;
function approvalWords(request) {
  const { decision } = request;
  const because = decision?.reason ? `: ${shortened(decision.reason)}` : "";
  if (decision?.by === "rule") return `allowed by rule${because}`;
  if (decision?.by === "policy") return `allowed by policy${because}`;
  const after = duration((decision?.after_seconds ?? 0) * 1e3);
  const by = deciders(request);
  return `approved${by ? ` by ${by}` : ""} after ${after}`;
}
var LONGEST_REASON = 200;
var shortened = (text) => text.length > LONGEST_REASON ? `${text.slice(0, LONGEST_REASON)}…` : text;
var placeOf = ({ asked, environment }) => asked.channel ?? `the channel of ${environment}`;
var listed = (names) => names.length < 2 ? names.join("") : `${names.slice(0, -1).join(", ")} and ${names.at(-1)}`;

// src/ask/pass.ts
import { randomBytes, randomUUID } from "node:crypto";

// src/core/command/digest.ts
import { createHash } from "node:crypto";

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
  return createHash("sha256").update(`gatehouse/action/v1\0${salt}\0${bound}`).digest("hex");
}

// src/ask/await-decision.ts
import { setTimeout as sleep } from "node:timers/promises";
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
      await sleep(SHORTEST_POLL_MS, void 0, { signal });
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
  const searchPath = env.PATH ?? "/usr/bin:/bin";
  const gather = () => gatherFacts(ask.command, ask.environment, ask.cwd, searchPath);
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
  const invocation = await invocationOf(now, request.decision?.by === "rule", searchPath);
  if (!invocation) return { kind: "mismatch", request, fault: "other-command", ...UNREADABLE };
  const used = await useApproval(client, request, signal);
  if (used) return used;
  if (signal.aborted || !isUntouched(now)) {
    const ran = await report(client, request, { started: true, exitCode: null, signal: null, durationMs: 0 });
    signal.throwIfAborted();
    return { kind: "mismatch", request, fault: "other-command", ...changedAtLast(now, ran) };
  }
  tell2({ kind: "approved", request });
  const running = execute(invocation, now.cwd, { ...env, PWD: now.cwd });
  interruption.stop();
  const execution = await running;
  return { kind: "ran", request, execution, reported: await report(client, request, execution) };
}
function bodyOf(ask, facts) {
  const { command: command2, redactions } = redact(ask.command);
  const salt = randomBytes(16).toString("hex");
  return {
    environment: ask.environment,
    ...command2.kind === "argv" ? { argv: command2.argv } : { command: command2.text },
    project: ask.project,
    reason: ask.reason && redactText(ask.reason),
    emergency: ask.emergency || void 0,
    cwd: facts.cwd,
    program: facts.program ?? void 0,
    digest: { salt, sha256: digestOf(facts, salt) },
    redacted: redactions.length > 0 || void 0,
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
var UNREADABLE = {
  why: "a rule covers what the gate was shown, but with its secrets the command cannot be read",
  hint: "take the secret out of the command, for example into a file or a variable of the job"
};
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

// src/core/office-hours.ts
var DAY_MINUTES = 24 * 60;
var MINUTE = 6e4;
var DAY = DAY_MINUTES * MINUTE;

// src/core/quiet.ts
var DAY_MINUTES2 = 24 * 60;

// src/core/reach.ts
var [DAY_BEGINS, DAY_ENDS] = [8 * 60, 20 * 60];
var reachInWords = (reach, time) => reachParts(reach).map((part) => typeof part === "string" ? part : time(part)).join("");
function reachParts(reach) {
  const { reviewers, steps, expiresAt } = reach;
  const ending = reach.whenUnanswered === "allow" ? "may run unanswered" : "will be denied";
  if (reach.nobody) return [`nobody can be reached: this ${ending} at `, new Date(expiresAt)];
  const isSomebodyThere = reviewers !== null && reviewers.reachable > 0;
  const next = steps.filter(({ kind, reachable }) => kind !== "reviewers" || reachable !== 0).map(
    ({ at, label, reachable }) => reachable === 0 ? [`nobody on ${label}`] : [`${label} at `, new Date(at)]
  );
  const isLast = steps.every(({ reachable }) => reachable === 0);
  if (isLast && !isSomebodyThere)
    next.push([`${ending} at `, new Date(expiresAt), " unless somebody answers"]);
  const joined = next.flatMap((parts, index) => index === 0 ? parts : [", ", ...parts]);
  if (joined.length === 0) return [reviewersInWords(reviewers)];
  return [`${reviewersInWords(reviewers)}${isSomebodyThere ? ", " : "; "}`, ...joined];
}
function reviewersInWords(reviewers) {
  if (!reviewers) return "Slack did not say who is active";
  const { of, reachable, active, likely, unknown } = reviewers;
  if (of === 0) return "no reviewer besides who asked";
  if (unknown === of) return "Slack did not say who is active";
  const all = of === 1 ? "1 reviewer" : `${of} reviewers`;
  if (reachable === 0) return `nobody of ${all} is ${unknown > 0 ? "known to be active" : "active now"}`;
  if (active === 0) return `${likely} of ${all} probably there`;
  return `${active} of ${all} active${likely > 0 ? `, ${likely} more probably there` : ""}`;
}

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
    ["command", shortened2(command2)],
    ["risk", riskWords(request)],
    ["asked", `${asked.reviewers}${asked.channel ? ` in ${asked.channel}` : ""}${needed2}`],
    ["reach", asked.reach && reachWords(asked.reach)],
    ["until", `${clockTime(request.expires_at)} (${timeLeft(request, now)})`],
    ["page", request.url],
    ["problem", asked.problem]
  ];
}
var noteLines = ({ notes }) => notes.map(oneLine);
var emergencyWords = ({ environment }) => `EMERGENCY in ${oneLine(environment)}: only the emergency list of ${oneLine(environment)} may approve; a retrospective is due within 24 hours`;
var RETROSPECTIVE_DUE = "a retrospective is due within 24 hours: the card in Slack has the button; until then you open no other emergency";
function riskWords({ assessment }) {
  const why = assessment.reasons.map((reason) => reason.why).slice(0, 3);
  return [`${assessment.level} (${assessment.score})`, why.join("; ")].filter(Boolean).join(": ");
}
function newsLines(before, now) {
  const lines = [];
  if (now.asked.emergency && !before.asked.emergency) lines.push(`it was declared an ${emergencyWords(now)}`);
  if (now.asked.approvals.length > before.asked.approvals.length) lines.push(approvalsWords(now));
  if (now.asked.problem && now.asked.problem !== before.asked.problem) lines.push(now.asked.problem);
  if (before.asked.problem && !now.asked.problem) lines.push("people can see the request now");
  if (now.asked.reach && !before.asked.reach) lines.push(reachWords(now.asked.reach));
  lines.push(...toldLines(before, now));
  if (now.asked.looking && now.asked.looking !== before.asked.looking)
    lines.push(`${now.asked.looking} is looking at it`);
  lines.push(...questionLines(before, now));
  if (now.expires_at !== before.expires_at)
    lines.push(`there is time until ${clockTime(now.expires_at)} now`);
  if (now.url !== before.url) lines.push(`its page is now ${now.url}`);
  lines.push(...now.notes.filter((note) => !before.notes.includes(note)));
  return lines.map(oneLine);
}
var reachWords = (reach) => reachInWords(reach, (at) => clockTime(at.toISOString()));
function toldLines(before, now) {
  return now.asked.told.flatMap((told, i) => {
    const known = before.asked.told[i];
    const news = known ? [] : [toldWords(told)];
    const problems = told.problems.filter((problem) => !known?.problems.includes(problem));
    const taken = told.taken_by !== null && !known?.taken_by ? [`${told.taken_by} has the page`] : [];
    return [...news, ...problems, ...taken];
  });
}
function toldWords({ what, people, nobody }) {
  if (nobody !== null) return `${what}: nobody to tell, ${nobody}`;
  const done = what === "pager" ? "called" : "told";
  return people.length > 0 ? `${what} ${done}: ${listed(people.slice(0, 5))}` : `${what} ${done}`;
}
function questionLines(before, now) {
  return now.asked.questions.flatMap(({ by, text, answer }, i) => {
    const known = before.asked.questions[i];
    return [
      ...known ? [] : [`${by} asks in Slack: ${text}`],
      ...answer !== null && !known?.answer ? [`answered: ${answer}`] : []
    ];
  });
}
var approvalsWords = ({ asked }) => `${asked.approvals.length} of ${asked.approvals_needed} approved, by ${listed(asked.approvals.map((p) => p.name))}`;
var timeLeft = (request, now) => `${duration(Math.max(0, Math.ceil((Date.parse(request.expires_at) - now) / 1e3) * 1e3))} left`;
var clockTime = (at) => new Date(at).toLocaleTimeString("en-GB", { hour: "2-digit", minute: "2-digit", timeZoneName: "short" });
function shortened2(command2) {
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
      print(`${words.charAt(0).toUpperCase()}${words.slice(1)}; running it`);
      if (request.asked.emergency) annotateWarning("Emergency", RETROSPECTIVE_DUE);
      return;
    }
    if (request.state !== "pending") return;
    if (progress.kind === "changed") {
      const news = newsLines(progress.before, request);
      if (news.length > 0) print(news.join("\n"));
    } else {
      if (request.asked.emergency) annotateWarning("Emergency", emergencyWords(request));
      for (const note of noteLines(request)) print(`Read this first: ${note}`);
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
var INPUTS = "command environment url token timeout reason emergency working-directory shell public-key".split(" ");
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
  const { tell: tell2, end } = logProgress(commandText(redact(ask.command).command), client.now);
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
    cwd: path.resolve(process.env.GITHUB_WORKSPACE || process.cwd(), input("working-directory")),
    reason: input("reason") || void 0,
    emergency: readEmergency(),
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
function readEmergency() {
  const text = input("emergency") || "false";
  if (text !== "true" && text !== "false")
    throw new Misconfigured(`emergency is neither true nor false: ${text}`, "write emergency: true");
  if (text === "true" && !input("reason"))
    throw new Misconfigured(
      "an emergency needs the input reason",
      'say what is wrong and why it cannot wait, under "with:" in the step'
    );
  return text === "true";
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
