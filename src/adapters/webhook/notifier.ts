import { Webhook } from 'standardwebhooks';
import { CliptideError } from '../../domain/errors.ts';
import type { Clock } from '../../ports/clock.ts';
import type { Logger } from '../../ports/logger.ts';
import type { ClipMessage, Notifier } from '../../ports/notifier.ts';

export interface Endpoint {
  readonly url: string;
  /** `whsec_...`, as Standard Webhooks writes it. */
  readonly secret: string;
}

const deadlineMs = 10_000;

/**
 * Signed webhooks after the Standard Webhooks specification (webhook-id, webhook-timestamp, webhook-signature). An
 * endpoint that has taken a message is not asked again for it by this process. A refusal (4xx other than 408 and 429)
 * is final and logged; anything else is tried again by the caller.
 */
export function webhookNotifier(endpoints: readonly Endpoint[], clock: Clock, logger: Logger): Notifier {
  const taken = new Set<string>();
  return {
    deliver: async (message) => {
      for (const endpoint of endpoints) {
        const delivery = `${endpoint.url} ${message.id}`;
        if (taken.has(delivery)) continue;
        await post(endpoint, message, clock, logger);
        taken.add(delivery);
      }
      for (const endpoint of endpoints) taken.delete(`${endpoint.url} ${message.id}`);
    },
  };
}

async function post(endpoint: Endpoint, message: ClipMessage, clock: Clock, logger: Logger): Promise<void> {
  const host = new URL(endpoint.url).host;
  const now = new Date(clock.now());
  const body = JSON.stringify({
    type: message.type,
    timestamp: new Date(message.atMs).toISOString(),
    data: message.data,
  });
  const headers = {
    'content-type': 'application/json',
    'webhook-id': message.id,
    'webhook-timestamp': String(Math.floor(now.getTime() / 1000)),
    'webhook-signature': new Webhook(endpoint.secret).sign(message.id, now, body),
  };
  const signal = AbortSignal.timeout(deadlineMs);
  let response: Response;
  try {
    response = await fetch(endpoint.url, { method: 'POST', headers, body, redirect: 'manual', signal });
  } catch (error) {
    throw new CliptideError('unavailable', 'the webhook receiver does not answer', { where: host, cause: error });
  }
  await response.body?.cancel();
  const { status } = response;
  if (status >= 200 && status < 300) return;
  if (status >= 400 && status < 500 && status !== 408 && status !== 429) {
    logger.error('a webhook receiver refused a message', { host, status, id: message.id });
    return;
  }
  throw new CliptideError('unavailable', `the webhook receiver answered ${status}`, { where: host });
}
