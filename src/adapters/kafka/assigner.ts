import { type GroupAssigner, kafkajs, type Member } from './internals.ts';
import { sharePartitions } from './sharing.ts';

const { AssignerProtocol } = kafkajs;
const name = 'cliptide';
const version = 1;

export interface AssignerOptions {
  readonly nodeId: string;
  readonly partitions: number;
  /** Partitions that this member owns now. */
  readonly owned: () => readonly number[];
}

/** Gives partition p of every topic of the group to one member; what each member says of itself decides which. */
export function coPartitionAssigner({ nodeId, partitions, owned }: AssignerOptions): GroupAssigner {
  return {
    name,
    version,
    protocol: ({ topics }) => ({
      name,
      metadata: AssignerProtocol.MemberMetadata.encode({
        version,
        topics: [...topics],
        userData: Buffer.from(JSON.stringify({ nodeId, owned: owned() })),
      }),
    }),
    assign: async ({ members, topics }) => {
      const owners = sharePartitions(partitions, members.map(sharer));
      return members.map(({ memberId }) => {
        const given = owners.flatMap((owner, partition) => (owner === memberId ? [partition] : []));
        const assignment = Object.fromEntries(topics.map((topic) => [topic, given]));
        const encoded = AssignerProtocol.MemberAssignment.encode({ version, assignment, userData: Buffer.alloc(0) });
        return { memberId, memberAssignment: encoded };
      });
    },
  };
}

function sharer({ memberId, memberMetadata }: Member) {
  const said = AssignerProtocol.MemberMetadata.decode(memberMetadata)?.userData.toString() ?? '';
  const { nodeId, owned } = JSON.parse(said) as { nodeId: string; owned: number[] };
  return { memberId, nodeId, owned };
}
