import type { TestProject } from 'vitest/node';
import { services } from '../../../scripts/services/state.ts';
import { engineAnswers, startContainer } from './containers.ts';
import { knownAddresses } from './found.ts';
import { serveOnDemand } from './ondemand.ts';

/** Before the tests: finds the services. In containers nothing is started before a test asks for it. */
export default async function setup(project: TestProject): Promise<(() => Promise<void>) | undefined> {
  const addresses = await knownAddresses();
  const allThere = services.every((service) => addresses[service] !== undefined);
  const containers = !allThere && (await engineAnswers()) ? await serveOnDemand(startContainer) : undefined;
  project.provide('services', { addresses, onDemand: containers?.url ?? null });
  return containers?.close;
}
