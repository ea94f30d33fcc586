import { z } from 'zod';
import { address, instant, text } from './values.ts';

/** Fields of an entry of `sources`, with what they mean, in the order of the documentation. */
export const sourceFields = {
  streamId: text.describe('Id of the broadcast; state and results are kept by it.'),
  channelId: text.describe('Id of the channel; its settings, budget and partition follow from it.'),
  events: text.describe('File of events as NDJSON that grows while the broadcast is on air.'),
  hls: address.describe('Address of the playlist of the archive.'),
  category: z.string().optional().describe("The platform's name of what is shown; it chooses how far chat lags."),
  startedAt: instant.optional().describe('When the broadcast began, with its zone: `2026-05-01T18:00:00Z`.'),
};

export const source = z.strictObject(sourceFields);
