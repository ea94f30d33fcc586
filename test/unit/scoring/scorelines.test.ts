import { describe, expect, it } from 'vitest';
import { highlightLine, rankedLines, summaryLine } from '../../../src/cli/recording/scorelines.ts';
import { chatOf, ended, liveEvent, started, zeroAtMs } from '../../support/chatstream.ts';
import { highlightsIn, outputsOf, rankingIn } from '../../support/scorestage.ts';

describe('lines of score --json', () => {
  const chat = chatOf({ seconds: 300, perSecond: 1, moments: [150] });
  const outputs = outputsOf([liveEvent('start', 0, started), ...chat, liveEvent('end', 300, ended(1, 2))]);
  const [highlight] = highlightsIn(outputs);
  const ranking = rankingIn(outputs);
  const lines = [...rankedLines(ranking, zeroAtMs), summaryLine(ranking, 'tsv', zeroAtMs)];

  it('a highlight has the fields of the contract, in seconds of the chat’s zero', () => {
    if (highlight === undefined) throw new Error('no highlight');
    const line = highlightLine(highlight, zeroAtMs, 0.5);
    const fields =
      'kind highlightId streamId startSec peakSec endSec score threshold emittedAtSec contributions model probability';
    expect(Object.keys(line)).toEqual(fields.split(' '));
    expect(line.peakSec).toBeGreaterThan(150);
    expect(line).toMatchObject({
      kind: 'highlight',
      startSec: line.peakSec - 17,
      endSec: line.peakSec,
      emittedAtSec: line.peakSec + 3,
    });
  });

  it('the ranking names the highlight only of candidates that were emitted', () => {
    const [first, second] = lines;
    expect(first).toMatchObject({ kind: 'ranked', rank: 1, highlightId: highlight?.highlightId });
    expect(Object.keys(second ?? {})).toEqual(['kind', 'rank', 'startSec', 'peakSec', 'endSec', 'score']);
  });

  it('the summary comes last and counts every record of the source', () => {
    const processed = chat.length;
    const counts = { read: processed + 3, processed, late: 0, duplicate: 0, deadLettered: 1, ignored: 2 };
    const times = {
      firstSec: ((chat[0]?.atMs ?? 0) - zeroAtMs) / 1000,
      lastSec: ((chat.at(-1)?.atMs ?? 0) - zeroAtMs) / 1000,
    };
    expect(lines.at(-1)).toEqual({ kind: 'summary', streamId: 'stream-1', format: 'tsv', ...counts, ...times });
  });

  it('a broadcast without a record has a summary without times', () => {
    const empty = rankingIn(outputsOf([liveEvent('start', 0, started), liveEvent('end', 5, ended())]));
    expect(rankedLines(empty, zeroAtMs)).toEqual([]);
    expect(summaryLine(empty, 'tsv', zeroAtMs)).toMatchObject({
      kind: 'summary',
      read: 0,
      firstSec: null,
      lastSec: null,
    });
  });
});
