import type { Admin, ITopicConfig } from 'kafkajs';
import { rootOf } from './failures.ts';

/** How long a broker may take to hear of a new topic, in milliseconds, and how often it is asked. */
const patienceMs = 15_000;
const everyMs = 100;

/**
 * Creates topics and resolves when they can be used. A broker hears of a new topic a moment after its controller has made
 * it; kafkajs' own `waitForLeaders` takes the answer of that moment, that there is no such topic, for a failure.
 */
export async function createTopics(admin: Admin, topics: ITopicConfig[]): Promise<void> {
  await admin.createTopics({ topics, waitForLeaders: false });
  const names = topics.map(({ topic }) => topic);
  const untilMs = performance.now() + patienceMs;
  while (!(await areThere(admin, names))) {
    if (performance.now() > untilMs) return;
    await new Promise((resolve) => setTimeout(resolve, everyMs));
  }
}

async function areThere(admin: Admin, names: string[]): Promise<boolean> {
  try {
    const { topics } = await admin.fetchTopicMetadata({ topics: names });
    return topics.every(({ partitions }) => partitions.every(({ leader }) => leader >= 0));
  } catch (error) {
    const { type } = rootOf(error);
    if (type === 'UNKNOWN_TOPIC_OR_PARTITION' || type === 'LEADER_NOT_AVAILABLE') return false;
    throw error;
  }
}
