import { createHash, createHmac, timingSafeEqual } from 'node:crypto';

export const hmacHex = (secret: string, text: string): string =>
  createHmac('sha256', secret).update(text).digest('hex');

export const sha256Hex = (text: string): string => createHash('sha256').update(text).digest('hex');

/** In a time that tells nothing about either, not even their lengths. */
export const isSame = (a: string, b: string): boolean =>
  timingSafeEqual(createHash('sha256').update(a).digest(), createHash('sha256').update(b).digest());
