import { Webhook } from 'standardwebhooks';
import { CliptideError } from '../../domain/errors.ts';
import type { Clock } from '../../ports/clock.ts';
import type { Logger } from '../../ports/logger.ts';
import type { Metrics } from '../../ports/metrics.ts';
import type { ClipMessage, Notifier } from '../../ports/notifier.ts';
import type { Post } from '../../ports/post.ts';

export interface Endpoint {
  readonly url: string;
  /** `whsec_...`, as Standard Webhooks writes it. */
  readonly secret: string;
}

export interface NotifierParts {
  readonly clock: Clock;
  readonly logger: Logger;
  readonly metrics: Metrics;
  readonly post: Post;
}

const deadlineMs = 10_000;
/** A receiver that is being asked when the process stops gets this long to answer. */
const lastWordMs = 2_000;
/** Answers that say that this message will never be taken; others (a login that is wrong, a page that is not there yet) can be mended. */
const refusals: ReadonlySet<number> = new Set([400, 410, 413, 415, 422]);

/**
 * Signed webhooks after the Standard Webhooks specification (webhook-id, webhook-timestamp, webhook-signature). An
 * endpoint that has taken a message is not asked again for it by this process, and one that fails keeps the message
 * from no other. A refusal (400, 410, 413, 415, 422) is final and logged; anything else is tried again by the caller.
 */
export function webhookNotifier(endpoints: readonly Endpoint[], parts: NotifierParts): Notifier {
  for (const { url } of endpoints) {
    for (const outcome of ['delivered', 'refused', 'failed'] as const) count(parts, url, outcome, 0);
  }
  const taken = new Set<string>();
  return {
    deliver: async (message, stopping) => {
      const deliveries = endpoints.map(async (endpoint) => {
        const delivery = `${endpoint.url} ${message.id}`;
        if (taken.has(delivery)) return;
        await post(endpoint, message, parts, stopping);
        taken.add(delivery);
      });
      const failed = (await Promise.allSettled(deliveries)).find(({ status }) => status === 'rejected');
      if (failed?.status === 'rejected') throw failed.reason;
      for (const endpoint of endpoints) taken.delete(`${endpoint.url} ${message.id}`);
    },
  };
}

/** The host alone: the rest of an address may be a secret. */
function count({ metrics }: NotifierParts, url: string, outcome: 'delivered' | 'refused' | 'failed', by = 1): void {
  metrics.add('cliptide_webhooks_total', by, { host: new URL(url).host, outcome });
}

async function post(
  endpoint: Endpoint,
  message: ClipMessage,
  parts: NotifierParts,
  stopping: AbortSignal | undefined,
): Promise<void> {
  const { clock, logger } = parts;
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
  const { url } = endpoint;
  const status = await within(stopping, (signal) => parts.post({ url, headers, body, signal })).catch((cause) => {
    // What a stop has cut short says nothing of the receiver.
    if (!stopping?.aborted) count(parts, url, 'failed');
    throw notReached(host, cause);
  });
  if (status >= 200 && status < 300) {
    count(parts, endpoint.url, 'delivered');
    return;
  }
  if (refusals.has(status)) {
    count(parts, endpoint.url, 'refused');
    logger.error('a webhook receiver refused a message', { host, status, id: message.id });
    return;
  }
  count(parts, endpoint.url, 'failed');
  throw new CliptideError('unavailable', `the webhook receiver answered ${status}`, { where: host });
}

/** A name that leads where nobody is asked may lead somewhere else later on. */
function notReached(host: string, cause: unknown): CliptideError {
  const details = { where: host, cause };
  if (!(cause instanceof CliptideError) || cause.code !== 'forbidden') {
    return new CliptideError('unavailable', 'the webhook receiver does not answer', details);
  }
  const hint = cause.hint === undefined ? {} : { hint: cause.hint };
  return new CliptideError('unavailable', `the webhook receiver is not asked: ${cause.message}`, {
    ...details,
    ...hint,
  });
}

/** Runs a step under the deadline, which a stop brings near. */
async function within<R>(stopping: AbortSignal | undefined, step: (signal: AbortSignal) => Promise<R>): Promise<R> {
  const over = new AbortController();
  const abortAfter = (ms: number): NodeJS.Timeout => setTimeout(() => over.abort(), ms);
  let timer = abortAfter(deadlineMs);
  const hurry = (): void => {
    clearTimeout(timer);
    timer = abortAfter(lastWordMs);
  };
  if (stopping?.aborted) hurry();
  else stopping?.addEventListener('abort', hurry, { once: true });
  try {
    return await step(over.signal);
  } finally {
    clearTimeout(timer);
    stopping?.removeEventListener('abort', hurry);
  }
}
