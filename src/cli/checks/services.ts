import { access, constants } from 'node:fs/promises';
import type { Config, SourceConfig } from '../../config/config.ts';
import { type Finding, ok, warn } from './finding.ts';

/** What the configuration names outside of this machine's folder; nothing is asked over the network. */
export async function checkServices(config: Pick<Config, 'sources' | 'webhooks'>): Promise<Finding[]> {
  const sources = await Promise.all(config.sources.map(checkSource));
  const webhooks = config.webhooks.map((webhook, index) =>
    ok(`webhook ${index + 1}`, `${new URL(webhook.url).host}, signed`),
  );
  return [
    ...(sources.length === 0 ? [ok('sources', 'none configured')] : sources),
    ...(webhooks.length === 0 ? [ok('webhooks', 'none configured')] : webhooks),
  ];
}

async function checkSource(source: SourceConfig): Promise<Finding> {
  const name = `source ${source.streamId}`;
  try {
    await access(source.events, constants.R_OK);
    return ok(name, `${source.events}, ${new URL(source.hls).host}`);
  } catch {
    return warn(name, `${source.events} cannot be read`, 'it is waited for; correct "events" if it is never written');
  }
}
