import { CliptideError } from '../../domain/errors.ts';
import type { Logger } from '../../ports/logger.ts';
import { type KafkaConnection, openKafka } from './client.ts';
import { kafkaFailure } from './failures.ts';

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
    if (own.length > 0) await admin.deleteGroups(own);
  } catch (error) {
    throw kafkaFailure(error, prefix);
  } finally {
    await admin.disconnect().catch(() => undefined);
  }
}
