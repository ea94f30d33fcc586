/**
 * Shares `count` partitions among members so that none has more than one above another. A member keeps what it has as
 * far as that allows, so that a change of members moves as few partitions as it can. Returns the owner by partition;
 * empty when there is no member.
 */
export function balance<M>(count: number, members: readonly M[], owners: ReadonlyMap<number, M>): Map<number, M> {
  const shared = new Map<number, M>();
  if (members.length === 0) return shared;
  const load = new Map(members.map((member) => [member, 0]));
  const loadOf = (member: M): number => load.get(member) ?? 0;
  const give = (partition: number, member: M): void => {
    shared.set(partition, member);
    load.set(member, loadOf(member) + 1);
  };
  const floor = Math.floor(count / members.length);
  let above = count % members.length;
  for (const [partition, owner] of [...owners].sort(([a], [b]) => a - b)) {
    if (!load.has(owner)) continue;
    if (loadOf(owner) < floor) give(partition, owner);
    else if (loadOf(owner) === floor && above > 0) {
      above--;
      give(partition, owner);
    }
  }
  for (let partition = 0; partition < count; partition++) {
    if (shared.has(partition)) continue;
    give(
      partition,
      members.reduce((least, member) => (loadOf(member) < loadOf(least) ? member : least)),
    );
  }
  return shared;
}
