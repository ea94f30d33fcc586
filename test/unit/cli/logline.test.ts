import { expect, it } from 'vitest';
import { pinoLogger } from '../../../src/adapters/logging/pino.ts';
import { logLine } from '../../../src/cli/logline.ts';

it('a warning is a sentence with its fields for who sits at a terminal', () => {
  const lines: string[] = [];
  const logger = pinoLogger({ level: 'warn', destination: { write: (json) => lines.push(logLine(json)) } });
  logger.warn('archive failed; trying again', { streamId: 'a', waitMs: 1000, tried: ['x'] });
  logger.error('it is over');
  expect(lines).toEqual([
    'warning: archive failed; trying again (streamId: a, waitMs: 1000, tried: ["x"])',
    'error: it is over',
  ]);
});
