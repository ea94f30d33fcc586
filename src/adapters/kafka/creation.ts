import type { Admin, ITopicConfig } from 'kafkajs';
import { rootOf } from './failures.ts';

const patienceMs = 30_000;
const pauseMs = 100;
/** What a broker answers of a topic until all of the controller's word has reached it. */
const passing = new Set(['UNKNOWN_TOPIC_OR_PARTITION', 'LEADER_NOT_AVAILABLE', 'NOT_LEADER_FOR_PARTITION']);

/**
 * Creates topics; resolves when a broker that was asked knows them, with a leader for every partition. kafkajs' own wait
 * takes "unknown" for its answer, which a broker gives until the controller's word has reached it.
 */
export async function createTopics(admin: Admin, topics: ITopicConfig[]): Promise<void> {
  await admin.createTopics({ topics, waitForLeaders: false });
  await whileUnknown(patienceMs, () => admin.fetchTopicMetadata({ topics: topics.map(({ topic }) => topic) }));
}

/** Does a step again, for so many milliseconds, that fails because a broker does not know a topic (yet) or its leader. */
export async function whileUnknown<R>(ms: number, step: () => Promise<R>): Promise<R> {
  const untilMs = performance.now() + ms;
  for (;;) {
    try {
      return await step();
    } catch (error) {
      const { type } = rootOf(error);
      if (!passing.has(type ?? '') || performance.now() > untilMs) throw error;
      await new Promise((resolve) => setTimeout(resolve, pauseMs));
    }
  }
}
