import { Redis } from 'ioredis';
import { expect, it } from 'vitest';
import { describeWithOwnServices } from '../../support/services.ts';

const timeout = 120_000;

describeWithOwnServices({ folder: 'survival', services: ['redis'] }, 'a Redis that is killed', (own) => {
  it('has what it confirmed when it is started again, at the same address', { timeout }, async () => {
    const address = own.address('redis');
    const before = new Redis(address, { retryStrategy: () => null });
    await before.set('confirmed', 'kept');
    await own.stop(['redis'], 'kill');
    before.disconnect();
    await own.start(['redis']);
    const after = new Redis(address);
    const kept = await after.get('confirmed').finally(() => after.disconnect());
    expect(kept).toBe('kept');
  });
});

describeWithOwnServices({ folder: 'survival-registry', services: ['registry'] }, 'a registry that is killed', (own) => {
  it('has the schema that it confirmed when it is started again, at the same address', { timeout }, async () => {
    const address = own.address('registry');
    const posted = await fetch(`${address}/subjects/s/versions`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/vnd.schemaregistry.v1+json' },
      body: JSON.stringify({ schema: '"string"' }),
    });
    const { id } = (await posted.json()) as { id: number };
    await own.stop(['registry'], 'kill');
    await own.start(['registry']);
    const kept = await fetch(`${address}/schemas/ids/${id}`);
    expect(await kept.json()).toMatchObject({ schema: '"string"' });
  });
});
