import type { Admin } from 'kafkajs';
import { CliptideError } from '../../domain/errors.ts';
import type { Logger } from '../../ports/logger.ts';
import { type KafkaConnection, openKafka } from './client.ts';
import { type KafkaError, kafkaFailure } from './failures.ts';
import { sessionTimeoutMs } from './membership.ts';

const pauseMs = 500;

/** Deletes the topics and consumer groups under a prefix, for good: what a demo or a test made for itself. */
export async function removeUnder(prefix: string, connection: KafkaConnection, logger: Logger): Promise<void> {
  if (prefix === '') throw new CliptideError('internal', 'without a prefix every topic would be deleted');
  const admin = openKafka(connection, logger).admin();
  try {
    await admin.connect();
    const topics = (await admin.listTopics()).filter((topic) => topic.startsWith(prefix));
    if (topics.length > 0) await admin.deleteTopics({ topics });
    const { groups } = await admin.listGroups();
    const own = groups.map(({ groupId }) => groupId).filter((id) => id.startsWith(prefix));
    if (own.length > 0) await deleteGroups(admin, own);
  } catch (error) {
    throw kafkaFailure(error, prefix);
  } finally {
    await admin.disconnect().catch(() => undefined);
  }
}

/** A member that was killed keeps its group until its session is over. */
async function deleteGroups(admin: Admin, groups: string[]): Promise<void> {
  const untilMs = performance.now() + 2 * sessionTimeoutMs;
  for (let left = groups; left.length > 0; ) {
    try {
      await admin.deleteGroups(left);
      return;
    } catch (error) {
      const refused = (error as { readonly groups?: readonly RefusedGroup[] }).groups ?? [];
      const isBusy = refused.length > 0 && refused.every((group) => group.error.type === 'NON_EMPTY_GROUP');
      if (!isBusy || performance.now() > untilMs) throw error;
      left = refused.map(({ groupId }) => groupId);
      await new Promise((resolve) => setTimeout(resolve, pauseMs));
    }
  }
}

interface RefusedGroup {
  readonly groupId: string;
  readonly error: KafkaError;
}
