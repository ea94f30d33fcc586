import { nodeScopes } from '../domain/scopes.ts';
import type { RoomAsked, RoomRecord } from '../ports/roomrecord.ts';
import { type BudgetParts, tell } from './budgetrecord.ts';

/** Waits for room in the node's media cache, and refusals, as records of `budget.entries`. */
export function roomRecord(parts: Pick<BudgetParts, 'log' | 'codec' | 'clock' | 'nodeId'>): RoomRecord {
  const { cache: scope } = nodeScopes(parts.nodeId);
  const entry = ({ askId, bytes }: RoomAsked, kind: 'waiting' | 'refused') => {
    const entryId = `${askId}.${kind}`;
    return { entryId, spendId: askId, scope, kind, amount: bytes };
  };
  const whose = ({ channelId, streamId }: RoomAsked) => ({ channelId, streamId, taskId: '' });
  return {
    waiting: (asked, place) => tell(parts, whose(asked), { ...entry(asked, 'waiting'), place }),
    refused: (asked, reason) => tell(parts, whose(asked), { ...entry(asked, 'refused'), reason }),
  };
}
