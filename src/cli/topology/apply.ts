import { type Plan, planOf, type Step } from '../../../topology/plan.ts';
import type { Wanted } from '../../../topology/planstate.ts';
import { recordKey } from '../../adapters/avro/keyrecord.ts';
import { readState, type Services } from './state.ts';

/** Told of each step once it is done. */
export type OnStep = (step: Step) => void | Promise<void>;

/** Does what the services lack, in order; nothing at all while there is a refusal. What failed can be begun again. */
export async function applyTopology(wanted: Wanted, services: Services, done: OnStep): Promise<Plan> {
  const plan = planOf(wanted, await readState(wanted, services));
  if (plan.refusals.length > 0) return plan;
  for (const step of plan.steps) {
    await take(step, services);
    await done(step);
  }
  return plan;
}

async function take(step: Step, { kafka, registry, results }: Services): Promise<void> {
  switch (step.step) {
    case 'create-topic':
      return kafka.create(step.topic);
    case 'alter-config':
      return kafka.alter(step.subject, step.settings);
    case 'record-key':
      return recordKey(registry, step.subject, step.key);
    case 'register-schema':
      await registry.register(step.subject, step.schema);
      return;
    case 'migrate':
      return results?.store.migrate();
    case 'set-retention':
      return results?.store.retain(step.table, step.hours);
  }
}
