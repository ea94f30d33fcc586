import { type DestinationStream, type Logger as Pino, pino, stdSerializers } from 'pino';
import type { Logger } from '../../ports/logger.ts';

export type LogLevel = 'debug' | 'info' | 'warn' | 'error' | 'silent';

export interface LogOptions {
  readonly level: LogLevel;
  /** Standard error unless given. */
  readonly destination?: DestinationStream;
}

/** One JSON object a line: `{"level":"info","time":"2026-05-01T18:00:00.000Z","msg":...}` and the fields. */
export function pinoLogger(options: LogOptions): Logger {
  // Written at once: what was logged before a crash is there.
  const destination = options.destination ?? pino.destination({ fd: 2, sync: true });
  return wrap(
    pino(
      {
        level: options.level,
        base: null,
        timestamp: pino.stdTimeFunctions.isoTime,
        formatters: { level: (label) => ({ level: label }) },
        serializers: { error: stdSerializers.errWithCause, cause: stdSerializers.errWithCause },
      },
      destination,
    ),
  );
}

function wrap(logger: Pino): Logger {
  return {
    debug: (message, fields = {}) => logger.debug(fields, message),
    info: (message, fields = {}) => logger.info(fields, message),
    warn: (message, fields = {}) => logger.warn(fields, message),
    error: (message, fields = {}) => logger.error(fields, message),
    child: (fields) => wrap(logger.child(fields)),
  };
}
