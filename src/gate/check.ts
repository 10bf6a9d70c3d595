import type { Command } from '../core/command/command.ts';
import { redact } from '../core/command/redact.ts';
import type { Looked, Ruling } from '../core/decide.ts';
import type { Environment } from '../core/environment.ts';
import type { Context } from '../core/request.ts';
import type { Assessment } from '../core/risk/assessment.ts';
import { type NearMiss, obstacleInWords } from '../core/rules/explain.ts';
import type { RuleRow } from '../store/rules.ts';
import { type AdmissionRefusal, admit } from './admission.ts';
import type { Caller } from './authenticate.ts';
import type { Deps } from './deps.ts';
import { judge } from './judge.ts';
import { coveredBy, nearestRules } from './rule-book.ts';

export interface CheckAsk {
  command: Command;
  environment: string;
  project: string | null;
  reason: string | null;
  cwd: string | null;
  context: Context;
}

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

export type Checked = ({ ok: true } & Findings) | { ok: false; code: AdmissionRefusal };

/** What would become of a request now, with everything that was looked at. Nothing is stored, nobody is asked. */
export async function check(deps: Deps, caller: Caller, ask: CheckAsk): Promise<Checked> {
  const place = admit(deps, caller, ask);
  if ('code' in place) return { ok: false, code: place.code };
  const { command } = redact(ask.command);
  const findings = await deps.database.db.transaction(
    async (tx) => {
      const judged = await judge(tx, deps, caller, {
        ...ask,
        ...place,
        command,
        isPartlyHidden: false,
        isTrial: true,
      });
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
