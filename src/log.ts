import pino from 'pino';
import type { GateEvent } from './gate/deps.ts';

export interface Log {
  info(facts: object, message: string): void;
  warn(facts: object, message: string): void;
  error(facts: object, message: string): void;
  /** One line for what a verb did. Commands, reasons and tokens are in no event, so in no line. */
  event(event: GateEvent): void;
}

/** Structured lines on stdout, or wherever `destination` leads; `silent` says nothing. */
export function createLog(level: string, destination?: { write(line: string): void }): Log {
  const options: pino.LoggerOptions = {
    level,
    base: null,
    timestamp: pino.stdTimeFunctions.isoTime,
    formatters: { level: (label) => ({ level: label }) },
    redact: {
      paths: ['token', '*.token', 'authorization', '*.authorization', 'headers', '*.headers'],
      censor: '[redacted]',
    },
    serializers: { error: describeError },
  };
  const log = destination ? pino(options, destination) : pino(options);
  return {
    info: (facts, message) => log.info(facts, message),
    warn: (facts, message) => log.warn(facts, message),
    error: (facts, message) => log.error(facts, message),
    event: (event) => {
      const { kind, ...facts } = event;
      if (kind === 'fault') log.error(facts, 'fault');
      else if (kind === 'not-delivered' || (kind === 'model-asked' && event.result !== 'answered'))
        log.warn(facts, kind);
      else if (kind !== 'timer-fired') log.info(facts, kind);
    },
  };
}

/**
 * An error without what it carries: queries come with their parameters, and those hold commands and reasons.
 */
function describeError(error: unknown): object {
  const { name, message, code, stack, cause } = (error ?? {}) as Error & { code?: string; cause?: unknown };
  const first = String(message ?? error)
    .split('\n')[0]
    ?.slice(0, 300);
  const isQuery = /^Failed query/.test(first ?? '');
  return {
    name,
    code,
    message: isQuery ? 'a query failed' : first,
    at: stack
      ?.split('\n')
      .filter((line) => line.trimStart().startsWith('at '))
      .slice(0, 6)
      .map((line) => line.trim()),
    ...(cause !== undefined && { cause: describeError(cause) }),
  };
}
