import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type Service, services } from '../../../scripts/services/state.ts';

export interface OnDemand {
  readonly url: string;
  close(): Promise<void>;
}

/** Starts services for whichever test process asks first, `GET /kafka`, and answers with the address; each once. */
export async function serveOnDemand(start: (service: Service) => Promise<string>): Promise<OnDemand> {
  const started = new Map<Service, Promise<string>>();
  const server = createServer(async (request, response) => {
    const service = services.find((name) => request.url === `/${name}`);
    if (service === undefined) return void response.writeHead(404).end();
    const starting = started.get(service) ?? start(service);
    started.set(service, starting);
    try {
      response.end(await starting);
    } catch (error) {
      response.writeHead(500).end(String(error));
    }
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: async () => {
      await Promise.allSettled(started.values());
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

/** The address of a service that is started when it is asked for. */
export async function demand(onDemand: string, service: Service): Promise<string> {
  const response = await fetch(`${onDemand}/${service}`);
  const text = await response.text();
  if (!response.ok) throw new Error(`${service} could not be started in a container: ${text}`);
  return text;
}
