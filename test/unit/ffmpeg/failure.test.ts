import { expect, it } from 'vitest';
import { runFailure } from '../../../src/adapters/ffmpeg/failure.ts';

const ended = (more: object) => ({ ended: '', code: 1, signal: null, ...more });

it.each([
  [ended({ code: null, signal: 'SIGKILL' }), [], 'tool', /memory ran out/],
  [ended({}), ['[error] av_interleaved_write_frame(): No space left on device'], 'space', /disk space/],
  [ended({}), ["[fatal] Unknown encoder 'libx264'"], 'tool', /lacks an encoder/],
  [ended({}), ['[file @ 0x1] [error] Something odd'], 'tool', /exit code 1: Something odd/],
  [ended({ ended: 'deadline' }), [], 'timeout', /not done after 3\.0 s/],
  [ended({ ended: 'stopped' }), [], 'aborted', /on request/],
  [ended({ code: null, signal: 'SIGTERM' }), [], 'aborted', /on request/],
  [ended({ error: 'spawn EACCES' }), [], 'tool', /could not be started/],
] as const)('a run that ended as %j is told in words', (end, tail, code, message) => {
  expect(runFailure(end, tail, 3)).toMatchObject({ code, message: expect.stringMatching(message) });
});
