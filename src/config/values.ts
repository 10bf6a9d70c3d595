import { z } from 'zod';
import { parseDuration } from '../core/duration.ts';
import { parseOfficeHours } from '../core/office-hours.ts';

/** The values that several keys of gatehouse.yaml are made of. */

export const duration = z
  .string()
  .meta({ description: 'A time span such as 90s, 10m, 1h30m or 2d', pattern: '^([0-9]+[smhd])+$' })
  .refine((text) => (parseDuration(text) ?? 0) > 0, 'write a time span such as 90s, 10m or 1h30m');

export const timeZone = z
  .string()
  .meta({ description: 'IANA time zone, such as Europe/Berlin' })
  .refine(isTimeZone, 'write an IANA time zone such as Europe/Berlin');

export const officeHours = z
  .string()
  .meta({ description: 'Such as "Mon-Fri 09:00-18:00" or "Mon-Thu 09:00-18:00, Fri 09:00-15:00"' })
  .superRefine((text, context) => {
    const read = parseOfficeHours(text);
    if ('why' in read)
      context.addIssue({
        code: 'custom',
        message: `at character ${read.place + 1}: ${read.why}; ${read.mend}`,
      });
  });

const holiday = z
  .string()
  .meta({
    description: 'A date such as 2026-12-25, or the path of an .ics file as seen from this file',
    pattern: '^\\d{4}-\\d{2}-\\d{2}$|\\.[iI][cC][sS]$',
  })
  .refine(
    (text) => isDate(text) || /\.ics$/i.test(text),
    'write a date such as 2026-12-25, or the path of an .ics file',
  );

export const holidays = z.union([holiday, z.array(holiday)], {
  error: 'write dates such as 2026-12-25, or the path of an .ics file',
});

export const slackUser = z.string().regex(/^[UW][A-Z0-9]{2,}$/, 'write a Slack user id such as U0123ABCD');
export const slackGroup = z
  .string()
  .regex(/^S[A-Z0-9]{2,}$/, 'write a Slack user group id such as S0123ABCD');
export const channel = z
  .string()
  .regex(
    /^([CG][A-Z0-9]{2,}|#[^\s#]{1,80})$/,
    'write a channel id such as C0123ABCD, or a name such as "#deploys"',
  );

export const reviewers = z.union(
  [
    z.literal('channel'),
    z
      .strictObject({ users: z.array(slackUser).default([]), groups: z.array(slackGroup).default([]) })
      .refine(
        (r) => r.users.length + r.groups.length > 0,
        'name at least one user or group: nobody could approve',
      ),
  ],
  { error: 'write "channel", or { users: [U…], groups: [S…] }' },
);

export const approvals = z.int().min(1).max(10, 'write 1 to 10: more people than that rarely decide in time');

/** One value, or a list of them. */
export const oneOrMany = <Value extends z.ZodType>(value: Value, mend: string) =>
  z.union([value, z.array(value).min(1, mend)], { error: mend });

/** What `oneOrMany` read, as a list. */
export const listOf = <Value>(value: Value | Value[]): Value[] => (Array.isArray(value) ? value : [value]);

function isTimeZone(name: string): boolean {
  try {
    new Intl.DateTimeFormat('en', { timeZone: name });
    return true;
  } catch {
    return false;
  }
}

function isDate(text: string): boolean {
  const at = new Date(`${text}T00:00:00Z`);
  return /^\d{4}-\d{2}-\d{2}$/.test(text) && !Number.isNaN(at.getTime()) && at.toISOString().startsWith(text);
}
