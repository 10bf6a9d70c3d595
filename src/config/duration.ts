const UNITS = { s: 1, m: 60, h: 3600, d: 86_400 } as const;

/**
 * "90s", "10m", "1h30m", "2d" → seconds. null when it is something else.
 */
export function parseDuration(text: string): number | null {
  if (!/^(\d+[smhd])+$/.test(text)) return null;
  let seconds = 0;
  for (const [, count, unit] of text.matchAll(/(\d+)([smhd])/g)) {
    seconds += Number(count) * UNITS[unit as keyof typeof UNITS];
  }
  return Number.isSafeInteger(seconds) ? seconds : null;
}
