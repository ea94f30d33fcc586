import type { KafkaBroker } from '../internals.ts';
import { ask, readList, readUuid, skipTags, writeList, writeTags, writeUuid } from './flexible.ts';

const metadata = { apiKey: 3, apiVersion: 10, apiName: 'Metadata' } as const;

/** Whether a broker tells topics' ids (Kafka 2.8 and later). */
export const tellsTopicIds = ({ versions }: KafkaBroker): boolean =>
  (versions?.[metadata.apiKey]?.maxVersion ?? 0) >= metadata.apiVersion;

/**
 * Ids of topics (KIP-516), in hexadecimal digits: one that is deleted and made again has another. Who is not there is
 * absent. Metadata request and response, version 10.
 */
export async function topicIds(broker: KafkaBroker, topics: readonly string[]): Promise<ReadonlyMap<string, string>> {
  const found = await ask(broker, {
    ...metadata,
    write: (to) => {
      writeList(to, topics, (name) => {
        writeUuid(to, '');
        to.writeUVarIntString(name);
        writeTags(to);
      });
      // Neither create the topics nor tell the rights to them and to the cluster.
      to.writeBoolean(false).writeBoolean(false).writeBoolean(false);
    },
    read: (from) => {
      const int32 = (): number => from.readInt32();
      from.readInt32();
      readList(from, () => {
        from.readInt32();
        from.readUVarIntString();
        from.readInt32();
        from.readUVarIntString();
        skipTags(from);
      });
      from.readUVarIntString();
      from.readInt32();
      return readList(from, () => {
        const error = from.readInt16();
        const name = from.readUVarIntString() ?? '';
        const id = readUuid(from);
        from.readBoolean();
        readList(from, () => {
          from.readInt16();
          for (let n = 0; n < 3; n++) from.readInt32();
          for (let n = 0; n < 3; n++) readList(from, int32);
          skipTags(from);
        });
        from.readInt32();
        skipTags(from);
        return { name, id, isThere: error === 0 };
      });
    },
  });
  return new Map(found.filter(({ isThere }) => isThere).map(({ name, id }) => [name, id]));
}
