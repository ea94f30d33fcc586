import { basename } from 'node:path';
import type { Config } from '../../config/config.ts';
import { noLimits } from '../../domain/budgets.ts';
import type { ChannelSettings } from '../../domain/records.gen.ts';
import type { Broadcast } from '../../stages/ingest/broadcast.ts';
import type { Opening } from '../../stages/ingest/opening.ts';

/** Id of a live broadcast that its own records do not name: the name of the file of its events. */
export function streamIdOf(path: string): string {
  const name = basename(path).replace(/\.gz$/i, '');
  const stripped = name
    .replace(/(\.chat|\.live_chat)?\.(json|ndjson|jsonl|tsv|txt|log|irc)$/i, '')
    .replace(/\.live_chat$/i, '');
  return stripped === '' ? name : stripped;
}

export interface BroadcastFields {
  readonly streamId: string;
  readonly category: string;
  readonly policy: Pick<ChannelSettings, 'hold' | 'top' | 'presets'>;
}

/** A broadcast as a source's opening and the configuration give it. */
export function broadcastOf(opening: Opening, fields: BroadcastFields, config: Config): Broadcast {
  const streamId = opening.streamId ?? fields.streamId;
  const channelId = opening.channelId ?? streamId;
  const { zeroAtMs } = opening;
  // The broadcast starts at its zero, or before it where a file has negative offsets.
  const firstAtMs = Math.min(zeroAtMs, opening.firstAtMs);
  const settings: ChannelSettings = {
    channelId,
    effectiveAtMs: firstAtMs,
    highlightsPerHour: config.scoring.highlightsPerHour,
    latenessMs: config.scoring.latenessMs,
    category: fields.category,
    scorerVersion: '',
    ...noLimits,
    ...fields.policy,
  };
  return { streamId, channelId, zeroAtMs, firstAtMs, category: fields.category, title: '', settings };
}
