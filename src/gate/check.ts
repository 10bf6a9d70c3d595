import { type Command, commandText } from '../core/command/command.ts';
import { redact } from '../core/command/redact.ts';
import type { Looked, Ruling } from '../core/decide.ts';
import type { Environment } from '../core/environment.ts';
import type { Context } from '../core/request.ts';
import type { Assessment } from '../core/risk/assessment.ts';
import { type NearMiss, obstacleInWords } from '../core/rules/explain.ts';
import type { RuleRow } from '../store/rules.ts';
import type { Caller } from './authenticate.ts';
import type { Deps } from './deps.ts';
import { judge } from './judge.ts';
import { coveredBy, nearestRules } from './rule-book.ts';
import { MAX_COMMAND_BYTES, type SubmitRefusal } from './submit.ts';

export interface CheckAsk {
  command: Command;
  environment: string;
  project: string | null;
  reason: string | null;
  cwd: string | null;
  context: Context;
}

export type CheckRefusal = Extract<
  SubmitRefusal,
  | 'unknown-environment'
  | 'environment-not-allowed'
  | 'project-not-allowed'
  | 'project-missing'
  | 'command-too-long'
  | 'command-not-text'
>;

export interface Findings {
  environment: Environment;
  project: string;
  /** As it is shown: without its secrets. */
  command: Command;
  ruling: Ruling;
  looked: Looked[];
  assessment: Assessment;
  /** The rules that cover the command; none when they do not cover all of it. */
  rules: RuleRow[];
  /** What stood in the way of the rules, in words; null when they cover it. */
  obstacle: string | null;
  near: NearMiss[];
}

export type Checked = ({ ok: true } & Findings) | { ok: false; code: CheckRefusal };

/** What would become of a request now, with everything that was looked at. Nothing is stored, nobody is asked. */
export async function check(deps: Deps, caller: Caller, ask: CheckAsk): Promise<Checked> {
  const place = placeAsked(deps, caller, ask);
  if ('code' in place) return { ok: false, code: place.code };
  const fault = commandFault(ask.command);
  if (fault) return { ok: false, code: fault };
  const { command } = redact(ask.command);
  const findings = await deps.database.db.transaction(
    async (tx) => {
      const judged = await judge(tx, deps, caller, { ...ask, ...place, command, isPartlyHidden: false });
      const book = await deps.ruleBook.current(tx);
      const found = coveredBy(book, command, judged.place, judged.now);
      return {
        ...place,
        command,
        ruling: judged.ruling,
        looked: judged.looked,
        assessment: judged.assessment,
        rules: found.covered ? [...new Set(found.rules)] : [],
        obstacle: found.covered ? null : obstacleInWords(found.because),
        near: nearestRules(book, command, judged.place, judged.now),
      };
    },
    { accessMode: 'read only' },
  );
  return { ok: true, ...findings };
}

type PlaceAsked = { environment: Environment; project: string } | { code: CheckRefusal };

function placeAsked(deps: Deps, caller: Caller, ask: CheckAsk): PlaceAsked {
  const environment = deps.environments.get(ask.environment);
  if (!environment) return { code: 'unknown-environment' };
  if (caller.environments && !caller.environments.includes(ask.environment))
    return { code: 'environment-not-allowed' };
  const project = ask.project ?? (caller.project === '*' ? null : caller.project);
  if (project === null) return { code: 'project-missing' };
  if (caller.project !== '*' && caller.project !== project) return { code: 'project-not-allowed' };
  return { environment, project };
}

function commandFault(command: Command): CheckRefusal | null {
  const text = commandText(command);
  if (text.trim() === '') return 'command-not-text';
  return Buffer.byteLength(text) > MAX_COMMAND_BYTES ? 'command-too-long' : null;
}
