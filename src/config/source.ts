import { z } from 'zod';
import { address, instant, text } from './values.ts';

/** Fields of an entry of `sources`, with what they mean, in the order of the documentation. */
export const sourceFields = {
  streamId: text.describe(
    'Id of the broadcast, as its events give it; state and results are kept by it, so no two sources have the same.',
  ),
  channelId: text.describe(
    'Id of the channel, as its events give it; its settings, budget and partition follow from it.',
  ),
  events: text.describe('File of events as NDJSON that grows while the broadcast is on air.'),
  hls: address.describe('Address of the playlist of the archive.'),
  category: z.string().optional().describe("The platform's name of what is shown; it chooses how far chat lags."),
  startedAt: instant.optional().describe('When the broadcast began, with its zone: `2026-05-01T18:00:00Z`.'),
};

export const source = z.strictObject(sourceFields);

/** State is kept by `streamId`: of two sources with one, each would take the other's records for its own. */
export function mustDiffer(sources: readonly z.infer<typeof source>[], context: z.RefinementCtx): void {
  for (const [index, { streamId }] of sources.entries()) {
    const first = sources.findIndex((one) => one.streamId === streamId);
    if (first === index) continue;
    const message = `is also that of sources[${first}]: each broadcast has its own`;
    context.addIssue({ code: 'custom', path: [index, 'streamId'], message });
  }
}
