import type { Notifier } from '../../ports/notifier.ts';
import type { Results } from '../../ports/results.ts';

/** A notifier that passes over clips that the live run has made: receivers know them. */
export async function newClipsOnly(notifier: Notifier, results: Results): Promise<Notifier> {
  const rows = await results.query("SELECT clip_id FROM clips WHERE run = 'live' AND outcome = 'done'");
  const known = new Set(rows.map((row) => String(row.clip_id)));
  return {
    deliver: async (message, stopping) => {
      if (!known.has(String(message.data.clipId))) await notifier.deliver(message, stopping);
    },
  };
}
