/** How a role of a process is. */
export interface RoleHealth {
  readonly state: 'starting' | 'joining' | 'recovering' | 'ready' | 'draining' | 'failed';
  /** What is not ready and why, for people; empty when it is. */
  readonly reason: string;
  /** Where it works on partitions: how many it was given, and of how many the state is there. */
  readonly partitions?: { readonly owned: number; readonly recovered: number };
}

/** The health of a process. It is known at once, whatever is away. */
export interface Health {
  /** Every role that the process was given. */
  roles(): ReadonlyMap<string, RoleHealth>;
}
