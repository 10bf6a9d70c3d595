const WITHIN_MS = 5000;

export interface Answered {
  status: number;
  headers: Headers;
  /** The body, when it is JSON. */
  json: Record<string, unknown> | null;
}

/** One call: what came back, or why nothing did, as a code such as ECONNREFUSED. Follows no redirect. */
export async function ask(url: string, init: RequestInit = {}): Promise<Answered | { problem: string }> {
  try {
    const response = await fetch(url, {
      redirect: 'manual',
      signal: AbortSignal.timeout(WITHIN_MS),
      ...init,
    });
    const json: unknown = await response.json().catch(() => null);
    const isRecord = typeof json === 'object' && json !== null && !Array.isArray(json);
    return {
      status: response.status,
      headers: response.headers,
      json: isRecord ? (json as Record<string, unknown>) : null,
    };
  } catch (error) {
    return { problem: problemOf(error) };
  }
}

/** Messages of fetch may hold addresses with secrets in them: only the code goes on. */
export function problemOf(error: unknown): string {
  const { name, code, cause } = (error ?? {}) as { name?: string; code?: unknown; cause?: unknown };
  if (name === 'TimeoutError') return `no answer within ${WITHIN_MS / 1000} s`;
  if (cause) return problemOf(cause);
  return typeof code === 'string' && /^[A-Z0-9_]+$/.test(code) ? code : 'no connection';
}
