/**
 * How many milliseconds of CPU a step takes of this process: what is slow on a busy machine only is not slow, and what
 * takes time out of proportion to its input takes it of the CPU.
 */
export async function cpuMsOf(step: () => unknown): Promise<number> {
  const before = process.cpuUsage();
  await step();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1_000;
}
