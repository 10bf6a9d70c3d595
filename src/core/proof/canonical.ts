export type Json = null | boolean | number | string | Json[] | { [key: string]: Json | undefined };

/**
 * One text for one value, whatever the order of its keys (RFC 8785). Numbers are integers only and strings
 * well-formed: the rest of the RFC is about floating point and lone surrogates, which we refuse.
 * Keys whose value is `undefined` are left out.
 */
export function canonical(value: Json): string {
  if (Array.isArray(value)) return `[${value.map(canonical).join(',')}]`;
  if (value !== null && typeof value === 'object') {
    const entries = Object.entries(value).filter((e): e is [string, Json] => e[1] !== undefined);
    entries.sort(([a], [b]) => (a < b ? -1 : 1));
    return `{${entries.map(([k, v]) => `${canonical(k)}:${canonical(v)}`).join(',')}}`;
  }
  if (typeof value === 'number' && !Number.isSafeInteger(value))
    throw new TypeError(`not an integer: ${value}`);
  if (typeof value === 'string' && /\p{Surrogate}/u.test(value))
    throw new TypeError('not well-formed Unicode');
  return JSON.stringify(value);
}
