import type { Context } from 'hono';

/** What a page may load, run and send. Everything is ours; text of callers is on it, so nothing inline is let through. */
const POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self'",
  "connect-src 'self'",
  "form-action 'self'",
  "frame-ancestors 'none'",
  "base-uri 'none'",
].join('; ');

/** Gives an answer the headers of a page. */
export function guarded(c: Context): void {
  c.header('content-security-policy', POLICY);
  c.header('referrer-policy', 'no-referrer');
  c.header('x-content-type-options', 'nosniff');
  c.header('x-frame-options', 'DENY');
  c.header('cross-origin-opener-policy', 'same-origin');
  c.header('cross-origin-resource-policy', 'same-origin');
  c.header('permissions-policy', 'camera=(), geolocation=(), microphone=(), payment=()');
  c.header('cache-control', 'no-store');
  // The same address answers otherwise for somebody else; and nothing of it belongs into a search engine.
  c.header('vary', 'Cookie');
  c.header('x-robots-tag', 'noindex, nofollow');
}
