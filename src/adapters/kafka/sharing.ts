import { murmur2 } from '../../domain/murmur2.ts';

/** A member of a group, as far as the sharing of partitions goes. */
export interface Sharer {
  readonly memberId: string;
  readonly nodeId: string;
  readonly owned: readonly number[];
}

/**
 * The owner of each partition: the member on the node that ranks highest for it (rendezvous hashing, Thaler and
 * Ravishankar 1998), as long as no member has more than its share. The rank depends on the node and the partition
 * only, so that every group puts partition p on the same node while the same nodes take part. Of several members on a
 * node the one that owns it now keeps it.
 */
export function sharePartitions(partitions: number, members: readonly Sharer[]): readonly string[] {
  const share = Math.floor(partitions / members.length);
  let withOneMore = partitions % members.length;
  const loads = new Map(members.map(({ memberId }) => [memberId, 0]));
  return Array.from({ length: partitions }, (_, partition) => {
    const room = members.filter(({ memberId }) => {
      const load = loads.get(memberId) ?? 0;
      return load < share || (load === share && withOneMore > 0);
    });
    const [owner] = room.sort((a, b) => preference(a, b, partition));
    const memberId = owner?.memberId ?? '';
    const load = loads.get(memberId) ?? 0;
    if (load === share) withOneMore--;
    loads.set(memberId, load + 1);
    return memberId;
  });
}

function preference(a: Sharer, b: Sharer, partition: number): number {
  const byNode = rank(b.nodeId, partition) - rank(a.nodeId, partition);
  if (byNode !== 0) return byNode;
  const byOwner = Number(b.owned.includes(partition)) - Number(a.owned.includes(partition));
  if (byOwner !== 0) return byOwner;
  return a.memberId < b.memberId ? -1 : 1;
}

const rank = (nodeId: string, partition: number): number => murmur2(Buffer.from(`${partition}@${nodeId}`)) >>> 0;
