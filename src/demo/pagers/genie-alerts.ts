/** The limits of OpsGenie's fields, in characters. */
const LIMITS: Record<string, number> = {
  message: 130,
  alias: 512,
  description: 15_000,
  entity: 512,
  source: 100,
  user: 100,
  note: 25_000,
};
const PRIORITIES = ['P1', 'P2', 'P3', 'P4', 'P5'];
const RESPONDERS = ['team', 'user', 'escalation', 'schedule'];

/** What is wrong with an alert, by field; null: nothing. */
export function faultsOfAlert(given: Record<string, unknown>): Record<string, string> | null {
  const faults: Record<string, string> = {};
  if (typeof given.message !== 'string' || given.message === '') faults.message = 'Message can not be empty.';
  for (const [field, limit] of Object.entries(LIMITS)) {
    const value = given[field];
    if (value === undefined) continue;
    if (typeof value !== 'string') faults[field] = `${field} must be a text`;
    else if ([...value].length > limit)
      faults[field] = `${field} can not be longer than ${limit} characters.`;
  }
  const { tags, details, priority, responders } = given;
  if (tags !== undefined && !isTags(tags)) faults.tags = 'At most 20 tags of 50 characters are allowed.';
  if (details !== undefined && !isDetails(details))
    faults.details = 'Details must be texts of at most 8000 characters.';
  if (priority !== undefined && !PRIORITIES.includes(priority as string))
    faults.priority = 'Priority is invalid.';
  if (responders !== undefined && !isResponders(responders)) faults.responders = 'Responders are invalid.';
  return Object.keys(faults).length > 0 ? faults : null;
}

const isTags = (tags: unknown): boolean =>
  Array.isArray(tags) &&
  tags.length <= 20 &&
  tags.every((tag) => typeof tag === 'string' && tag.length <= 50);

const isDetails = (details: unknown): boolean =>
  typeof details === 'object' &&
  details !== null &&
  Object.values(details).every((value) => typeof value === 'string') &&
  Object.entries(details).flat().join('').length <= 8000;

const isResponders = (responders: unknown): boolean =>
  Array.isArray(responders) &&
  responders.length <= 50 &&
  responders.every(
    (one: Record<string, unknown>) =>
      RESPONDERS.includes(one.type as string) && Boolean(one.id ?? one.name ?? one.username),
  );
