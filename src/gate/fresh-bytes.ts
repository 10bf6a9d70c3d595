import { randomBytes } from 'node:crypto';

const DRAWN = 8192;
let drawn = Buffer.alloc(0);
let next = 0;

/** So many random bytes, never the same twice. They are drawn many at a time: for a few each draw costs as much. */
export function freshBytes(count: number): Buffer {
  if (next + count > drawn.length) [drawn, next] = [randomBytes(Math.max(DRAWN, count)), 0];
  next += count;
  return drawn.subarray(next - count, next);
}
