import { expect, it } from 'vitest';
import { contiguousRuns } from '../../../src/adapters/ffmpeg/runs.ts';
import { sourceUri } from '../../../src/adapters/ffmpeg/source.ts';

const part = (path: string, startMs: number, discontinuity = false) => ({
  path,
  startMs,
  durationMs: 2000,
  discontinuity,
});

it('parts are read as one source until the timeline breaks or something is left out', () => {
  const parts = [part('/a', 0), part('/b', 2000), part('/c', 4000, true), part('/d', 8000)];
  expect(contiguousRuns(parts)).toEqual([
    { paths: ['/a', '/b'], startMs: 0, endMs: 4000 },
    { paths: ['/c'], startMs: 4000, endMs: 6000 },
    { paths: ['/d'], startMs: 8000, endMs: 10_000 },
  ]);
});

it('a path cannot become an address, an option or a second file', () => {
  expect(sourceUri(['/x/http:evil'])).toBe('file:/x/http:evil');
  expect(sourceUri(["/x/b'c\\d", '/y'])).toBe("concat:file:/x/b'c\\d|file:/y");
  expect(() => sourceUri(['/x/a|b', '/y'])).toThrow(expect.objectContaining({ code: 'config', where: '/x/a|b' }));
});
