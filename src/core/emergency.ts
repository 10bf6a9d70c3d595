/** A retrospective is due so many hours after its emergency was approved. */
export const RETROSPECTIVE_HOURS = 24;
/** Reminders go out so many hours after the approval; with the last one, whoever is on call is paged. */
export const REMINDER_HOURS = [12, 20, 23, RETROSPECTIVE_HOURS] as const;

/** What was written down about an emergency afterwards. */
export interface Retrospective {
  whatHappened: string;
  wasRight: 'yes' | 'no' | 'partly';
  becomesRule: string | null;
}

/**
 * Where the reminders of an unpaid retrospective stand. Counted from the approval, whenever somebody looks: of those
 * that fell due while nobody was there to send them, only the last one goes out.
 */
export function remindersAt(
  { openedAt, reminded }: { openedAt: Date; reminded: number },
  now: Date,
): { due: { reminded: number; hoursLeft: number } | null; nextInSeconds: number | null } {
  const dueAt = (hours: number) => openedAt.getTime() + hours * 3_600_000;
  const reached = REMINDER_HOURS.filter((hours) => dueAt(hours) <= now.getTime()).length;
  const last = REMINDER_HOURS[reached - 1];
  const next = REMINDER_HOURS[Math.max(reached, reminded)];
  return {
    due:
      last === undefined || reached <= reminded
        ? null
        : { reminded: reached, hoursLeft: RETROSPECTIVE_HOURS - last },
    nextInSeconds: next === undefined ? null : Math.max(0, (dueAt(next) - now.getTime()) / 1000),
  };
}
