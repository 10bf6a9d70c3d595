/** How far a zone's clocks are ahead of UTC at a moment. */
export function zoneOffsetSeconds(timeZone: string, at: Date): number {
  const local = new Date(at.toLocaleString('en-US', { timeZone }));
  const utc = new Date(at.toLocaleString('en-US', { timeZone: 'UTC' }));
  return Math.round((local.getTime() - utc.getTime()) / 60_000) * 60;
}

export function isTimeZone(value: unknown): boolean {
  if (typeof value !== 'string') return false;
  try {
    return Boolean(new Intl.DateTimeFormat('en-GB', { timeZone: value }));
  } catch {
    return false;
  }
}
