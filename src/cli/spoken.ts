import type { Logger } from '../ports/logger.ts';
import type { Terminal } from './terminal.ts';

/** A log whose warnings and errors a person gets to read as they are, about one input. */
export function spokenOn(terminal: Terminal, where: string): Logger {
  const say = (message: string): void => terminal.line(`cliptide: ${message}\n  where: ${where}`);
  const logger: Logger = {
    debug: () => undefined,
    info: () => undefined,
    warn: say,
    error: say,
    child: () => logger,
  };
  return logger;
}
