import { expect, it } from 'vitest';
import { ByteReader, ByteWriter } from '../../../src/domain/scoring/bytes.ts';
import type { Candidate } from '../../../src/domain/scoring/candidate.ts';
import { placeOf, vectorLength } from '../../../src/domain/scoring/features.ts';
import { Lookahead } from '../../../src/domain/scoring/lookahead.ts';

const maximum = (second: number): Candidate => ({
  second,
  score: 0,
  emitted: null,
  vector: new Float32Array(vectorLength),
  terms: [],
});

const around = ({ vector }: Candidate): number => Math.round(Math.expm1(vector[placeOf('around_30')] ?? 0));
const requests = ({ vector }: Candidate): number => vector[placeOf('clip_requests_80')] ?? Number.NaN;

/** One message a second, and the clip requests of the seconds that are named. */
function run(seconds: number, clipsAt: readonly number[], restart = false): Candidate[] {
  let lookahead = new Lookahead();
  const ready: Candidate[] = [];
  for (let second = 0; second < seconds; second += 1) {
    ready.push(...lookahead.close(second, 1, clipsAt.includes(second) ? 3 : 0));
    if (second === 103) lookahead.wait(maximum(100));
    if (!restart) continue;
    const out = new ByteWriter();
    lookahead.write(out);
    lookahead = Lookahead.read(new ByteReader(out.finish()));
  }
  return [...ready, ...lookahead.finish(seconds - 1)];
}

it('a maximum waits for a minute, and counts the messages of 15 s to either side', () => {
  expect(run(160, []).map(around)).toEqual([31]);
  const lookahead = new Lookahead();
  for (let second = 0; second <= 100; second += 1) lookahead.close(second, 1, 0);
  lookahead.wait(maximum(100));
  for (let second = 101; second < 160; second += 1) expect(lookahead.close(second, 1, 0)).toEqual([]);
  expect(lookahead.close(160, 1, 0).map(({ second }) => second)).toEqual([100]);
});

it('clip requests count from 20 s before to 60 s after, no further', () => {
  const none = requests(run(300, [])[0] ?? maximum(0));
  for (const inside of [80, 100, 160])
    expect(requests(run(300, [inside])[0] ?? maximum(0))).toBeGreaterThan(none + 0.5);
  for (const outside of [79]) expect(requests(run(300, [outside])[0] ?? maximum(0))).toBeLessThan(none);
  expect(requests(run(300, [161])[0] ?? maximum(0))).toBe(none);
});

it('at the end a maximum counts what there was', () => {
  expect(run(110, []).map(around)).toEqual([25]);
});

it('goes on after a restart in any second as if there had been none', () => {
  expect(run(300, [90, 150], true)).toEqual(run(300, [90, 150]));
});
