/** What people say most when they deny: offered wherever somebody can. */
export const DENY_PRESETS = [
  'Wrong time',
  'Wrong environment or target',
  'Needs a change first',
  'Looks dangerous',
  'Not needed any more',
] as const;

/** The reason of a denial: what was picked, what was written, or both; null when neither was. */
export function denyReason(
  preset: string | null | undefined,
  words: string | null | undefined,
): string | null {
  const known = DENY_PRESETS.find((each) => each === preset);
  const written = words?.trim() ?? '';
  if (known && written) return `${known}: ${written}`;
  return known ?? (written === '' ? null : written);
}
