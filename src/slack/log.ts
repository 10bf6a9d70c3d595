import type { Logger } from '@slack/bolt';
import { LogLevel } from '@slack/bolt';

/** Where this folder says what it does; pino fits. */
export interface Log {
  info(fields: object, message: string): void;
  warn(fields: object, message: string): void;
  error(fields: object, message: string): void;
}

/** Bolt's own words, warnings and errors only: its debug lines carry whole payloads. */
export const boltLogger = (log: Log): Logger => ({
  debug: () => {},
  info: () => {},
  warn: (...words) => log.warn({ from: 'bolt' }, words.map(String).join(' ')),
  error: (...words) => log.error({ from: 'bolt' }, words.map(String).join(' ')),
  setLevel: () => {},
  getLevel: () => LogLevel.WARN,
  setName: () => {},
});
