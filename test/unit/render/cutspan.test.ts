import { expect, it } from 'vitest';
import { mediaClock } from '../../../src/domain/mediaclock.ts';
import type { ArchiveOpened } from '../../../src/domain/records.gen.ts';
import { spanToCut } from '../../../src/stages/render/cutspan.ts';
import { archiveOf, type SegmentShape, zeroAtMs } from '../../support/archiveviews.ts';

/** A minute from 12:00:00 on, but for what a test changes. */
const minute = (from = 0): SegmentShape[] => Array.from({ length: 30 }, (_, k) => ({ at: from + k * 2 }));

function cut(peakSec: number, opened: Partial<ArchiveOpened>, shapes = minute()): unknown {
  const archive = archiveOf(shapes, opened, true);
  const at = (sec: number) => zeroAtMs + sec * 1000;
  const task = { startMs: at(peakSec - 5), endMs: at(peakSec + 5), peakMs: at(peakSec) };
  try {
    return spanToCut(mediaClock(archive), archive.opened, task);
  } catch (error) {
    return error;
  }
}
const says = (message: string) => ({ code: 'media-gone', message });

it('a moment that the archive holds is cut, less what lies outside', () => {
  expect(cut(30, {})).toEqual({ fromMs: 25_000, toMs: 35_000 });
  expect(cut(58, {})).toEqual({ fromMs: 53_000, toMs: 60_000 });
});

it('of one that lies outside it is said when that is, and where the recording begins or ends', () => {
  const lies = 'of the recorded media';
  expect(cut(860, {})).toMatchObject(says(`this moment (0:14:20) lies after the end ${lies} (0:01:00)`));
  expect(cut(10, { offsetMs: -40_000 })).toMatchObject(
    says(`this moment (0:00:10) lies before the start ${lies} (0:00:40)`),
  );
  // By the chat's clock the recording would end at -0:59:00.
  expect(cut(190, { offsetMs: 3_600_000 })).toMatchObject(
    says(`this moment (1:03:10 of the recording, with an offset of 3600 s) lies after the end ${lies} (0:01:00)`),
  );
  const byDate = { clock: 'programDateTime' };
  expect(cut(-3600, byDate)).toMatchObject(
    says(`this moment (2026-05-01T11:00:00Z) lies before the start ${lies} (2026-05-01T12:00:00Z)`),
  );
  expect(cut(90_000, byDate)).toMatchObject(
    says(`this moment (2026-05-02T13:00:00Z) lies after the end ${lies} (2026-05-01T12:01:00Z)`),
  );
  const holed = minute().map((shape, index) => ({ ...shape, gap: index >= 10 && index < 20 }));
  expect(cut(30, byDate, holed)).toMatchObject(says(`this moment (2026-05-01T12:00:30Z) lies in a gap ${lies}`));
});

it('two times within one second are told apart', () => {
  const lies = 'of the recorded media';
  expect(cut(60.5, {})).toMatchObject(says(`this moment (0:01:00.5) lies after the end ${lies} (0:01:00.0)`));
  expect(cut(60.04, { clock: 'programDateTime' })).toMatchObject(
    says(`this moment (2026-05-01T12:01:00.040Z) lies after the end ${lies} (2026-05-01T12:01:00.000Z)`),
  );
});
