import { expect, it } from 'vitest';
import { PacketWatch } from '../../../src/adapters/fetch/content/packets.ts';
import { timedPackets, transportStream } from '../../support/segments.ts';

function heldSeconds(...parts: readonly Buffer[]): number | undefined {
  const watch = new PacketWatch();
  for (const part of parts) watch.add(part);
  const { heldMs } = watch.found ?? {};
  return heldMs === undefined ? undefined : Math.round(heldMs) / 1000;
}

/** So many times, a second apart. */
const seconds = (count: number, from = 0) => Array.from({ length: count }, (_, k) => (from + k * 90_000) % 2 ** 33);

it('media lasts from its first to its last time, and its last picture as long as the others', () => {
  expect(heldSeconds(timedPackets({ times: seconds(10) }))).toBe(10);
  expect(heldSeconds(timedPackets({ times: seconds(10), adaptation: 7 }))).toBe(10);
  expect(heldSeconds(timedPackets({ times: [0, 3, 1, 2].map((at) => at * 45_000) }))).toBe(2);
});

it('its clock may begin anew after 26.5 hours, or anywhere', () => {
  expect(heldSeconds(timedPackets({ times: seconds(10, 2 ** 33 - 4 * 90_000) }))).toBe(10);
  const other = timedPackets({ times: seconds(5) });
  expect(heldSeconds(timedPackets({ times: seconds(5) }), other)).toBe(8.889);
});

it('of several streams that counts which holds most; tables and data do not', () => {
  const picture = timedPackets({ times: seconds(4) });
  expect(heldSeconds(picture, timedPackets({ pid: 257, streamId: 0xc0, times: seconds(6) }))).toBe(6);
  expect(heldSeconds(picture, timedPackets({ pid: 257, streamId: 0xbe, times: seconds(9) }))).toBe(4);
});

it('a time in a packet that comes in pieces is seen, wherever it is torn', () => {
  const bytes = timedPackets({ times: seconds(3), adaptation: 9 });
  for (let cut = 1; cut < bytes.length; cut += 1) {
    expect(heldSeconds(bytes.subarray(0, cut), bytes.subarray(cut))).toBe(3);
  }
  expect(heldSeconds(...Array.from(bytes, (byte) => Buffer.of(byte)))).toBe(3);
});

it('one picture alone holds nothing', () => {
  const [picture, sound] = [timedPackets({ times: [5] }), timedPackets({ pid: 257, streamId: 0xc0, times: [5] })];
  expect(heldSeconds(picture)).toBe(0);
  expect(heldSeconds(picture, sound)).toBe(0);
  expect(heldSeconds(picture, timedPackets({ pid: 257, streamId: 0xc0, times: seconds(6) }))).toBe(6);
});

it('nothing is said of what has no pictures and no two times', () => {
  expect(heldSeconds(transportStream(0x47))).toBeUndefined();
  expect(heldSeconds(timedPackets({ streamId: 0xc0, times: [5] }))).toBeUndefined();
  const scrambled = timedPackets({ times: seconds(9) }).map((byte, at) => (at % 188 < 4 ? byte : byte ^ 0x5a));
  expect(heldSeconds(Buffer.from(scrambled))).toBeUndefined();
});
