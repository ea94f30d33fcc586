import type { StatefulStage } from '../../../src/runtime/stage.ts';
import type { TopicName } from '../../../topology/topics.ts';

const marker = Buffer.from('next');

/**
 * A stage as its next version: the state is written in another form under the next number, and that of the version
 * before is read, too. What the version before makes of the new form is for it to know.
 */
export function nextVersion<S, T extends TopicName>(stage: StatefulStage<S, T>): StatefulStage<S, T> {
  const stateVersion = stage.stateVersion + 1;
  return {
    ...stage,
    stateVersion,
    encode: (state) => Buffer.concat([marker, stage.encode(state)]),
    decode: (bytes, version) =>
      version === stateVersion
        ? stage.decode(bytes.subarray(marker.length), stage.stateVersion)
        : stage.decode(bytes, version),
  };
}
