import { parseDuration } from '../core/duration.ts';
import { WrongUsage } from './arguments.ts';

/** The days of `--expires-in 90d`. */
export function readDays(text: string): number {
  const seconds = /[smhd]$/.test(text) ? parseDuration(text) : null;
  if (seconds === null || seconds < 86_400)
    throw new WrongUsage(`--expires-in is no number of days: ${text}`, 'write it as 90d');
  return Math.floor(seconds / 86_400);
}
