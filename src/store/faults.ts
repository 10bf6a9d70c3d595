/** Data, constraints, conflicts with others, an object in use, a statement that took too long. */
const REFUSALS = /^(?:22|23|40|42|55)[0-9A-Z]{3}$|^57014$/;

/**
 * Did the database refuse this statement, and so did nothing of it? Not when the connection broke: then it may have
 * been done. Both drivers name the cause by SQLSTATE, under drizzle's wrapper.
 */
export function isRefusedWhole(error: unknown): boolean {
  const { code, cause } = (error ?? {}) as { code?: unknown; cause?: unknown };
  if (typeof code === 'string' && REFUSALS.test(code)) return true;
  return cause ? isRefusedWhole(cause) : false;
}
