import { parseDuration } from '../core/duration.ts';
import type { Emergency, Environment, EnvironmentColor } from '../core/environment.ts';
import type { Escalation } from '../core/escalation.ts';
import { parseOfficeHours } from '../core/office-hours.ts';
import type { RawConfig } from './shape.ts';

type RawEnvironment = RawConfig['environments'][string];

/** An environment as the core knows it. `holidays` are its local dates, those of calendars too. */
export function toEnvironment(
  name: string,
  raw: RawEnvironment,
  holidays?: ReadonlySet<string>,
): Environment {
  const production = raw.production ?? /prod|live/i.test(name);
  const hours = raw.office_hours ? parseOfficeHours(raw.office_hours, holidays) : null;
  return {
    name,
    production,
    color: raw.color ?? colorOf(name, production),
    channel: raw.channel,
    reviewers: raw.reviewers,
    approvals: raw.approvals,
    expiresAfterSeconds: parseDuration(raw.expires_after) ?? 0,
    useWithinSeconds: parseDuration(raw.use_within) ?? 0,
    timeZone: raw.time_zone,
    officeHours: hours && 'hours' in hours ? hours : null,
    unansweredMayRun: raw.unanswered_may_run ?? !production,
    escalation: toEscalation(raw),
    extend: { bySeconds: parseDuration(raw.extend.by) ?? 0, times: raw.extend.times },
    questionPauseSeconds: parseDuration(raw.question_pause) ?? 0,
    emergency: toEmergency(raw),
  };
}

function toEscalation(raw: RawEnvironment): Escalation {
  const atOnce = raw.page_at_once;
  return {
    steps: (raw.escalation ?? []).map((step) => ({
      afterSeconds: parseDuration(step.after) ?? 0,
      tell: step.tell ?? null,
      page: step.page ?? null,
      risk: step.risk ?? null,
      officeHours: step.office_hours ?? null,
    })),
    pageAtOnce: atOnce
      ? {
          risk: atOnce.risk ?? null,
          outsideOfficeHours: atOnce.outside_office_hours ?? false,
          page: atOnce.page,
        }
      : null,
  };
}

/** Who may approve in an emergency, and who is paged: whom it says, or whom the environment pages first otherwise. */
function toEmergency(raw: RawEnvironment): Emergency | null {
  if (!raw.emergency) return null;
  const { users, groups, alone, page } = raw.emergency;
  const usual = raw.page_at_once?.page ?? raw.escalation?.find((step) => step.page)?.page;
  return { reviewers: { users, groups }, alone, page: page ?? usual ?? null };
}

function colorOf(name: string, production: boolean): EnvironmentColor {
  if (production) return 'red';
  if (/stag|uat|pre/i.test(name)) return 'yellow';
  return /dev|test|sandbox|local/i.test(name) ? 'green' : 'blue';
}
