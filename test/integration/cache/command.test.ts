import { appendFile, mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import path from 'node:path';
import { expect, it } from 'vitest';
import { openCacheCatalog } from '../../../src/adapters/embedded/cachecatalog.ts';
import { systemClock } from '../../../src/adapters/embedded/clock.ts';
import { openLedger } from '../../../src/adapters/embedded/ledger.ts';
import { createMediaCache } from '../../../src/adapters/fetch/cache.ts';
import { cacheBytesIn } from '../../../src/cli/node/measured.ts';
import { nodeScopes } from '../../../src/domain/scopes.ts';
import { archiveOf } from '../../support/archiveviews.ts';
import { CliProcess } from '../../support/cliprocess.ts';
import { cacheWorld, quiet } from '../../support/mediacaches.ts';
import { transportStream } from '../../support/segments.ts';

const block = 4096;
const scope = nodeScopes(hostname()).cache;

/** A data folder whose cache is open in this process and holds four segments, the first of them leased. */
async function dataFolder() {
  const world = await cacheWorld();
  const { root, fetcher, origin } = world;
  const clock = systemClock;
  const ledger = await openLedger({ path: path.join(root, 'ledger.db'), clock });
  await ledger.setCap(scope, 10 * block);
  const catalog = await openCacheCatalog({ path: path.join(root, 'cache.db'), clock });
  const folder = path.join(root, 'cache');
  const options = { folder, catalog, ledger, scope, fetcher, floorBytes: 0, clock, logger: quiet };
  const cache = await createMediaCache(options);
  const archive = archiveOf([0, 1, 2, 3].map((k) => ({ uri: origin.set(`/s${k}.ts`, transportStream(k)) })));
  const lease = (k: number) => cache.lease({ archive, fromMs: k * 2000, toMs: k * 2000 + 1000, purpose: 'render' });
  const held = await lease(0);
  const paths = [held.parts[0]?.path ?? ''];
  for (const k of [1, 2, 3]) {
    const one = await lease(k);
    paths.push(one.parts[0]?.path ?? '');
    await one.release();
  }
  return {
    ...world,
    folder,
    lease,
    held,
    paths,
    ledger,
    files: () => readdir(folder),
    [Symbol.asyncDispose]: async () => {
      await cache.close();
      await catalog.close();
      await ledger.close();
      await world[Symbol.asyncDispose]();
    },
  };
}

async function command(root: string, ...args: readonly string[]) {
  await using process = new CliProcess(['cache', ...args, '--data', root, '--json'], { cwd: root });
  const code = await process.ended;
  return { code, said: JSON.parse(process.out) as Record<string, unknown>, err: process.err };
}

it('tells what a cache holds while another process uses it', async () => {
  await using world = await dataFolder();
  const { code, said } = await command(world.root, 'status');
  expect(code).toBe(0);
  expect(said).toEqual({
    kind: 'cache',
    capBytes: 10 * block,
    usedBytes: 4 * block,
    reservedBytes: 0,
    waiting: 0,
    objects: 4,
    diskBytes: 4 * block,
    missing: 0,
    ledgerBytes: 0,
    foreign: 0,
    foreignBytes: 0,
    pinned: { objects: 1, diskBytes: block },
    processes: 1,
    flights: [],
    channels: [{ channelId: 'channel', objects: 4, diskBytes: 4 * block }],
  });
});

it('says by how much a ledger that was lost differs from what is there, until it is set right', async () => {
  await using world = await dataFolder();
  await world.ledger.reconcile(scope, 0);
  expect(await command(world.root, 'status')).toMatchObject({
    code: 0,
    said: { usedBytes: 0, ledgerBytes: -4 * block },
  });
  await using told = new CliProcess(['cache', 'status', '--data', world.root], { cwd: world.root });
  await told.ended;
  expect(told.out).toMatch(/^differs +the ledger counts 16\.4 kB too little: "cliptide cache verify" sets it right$/m);
  expect(await command(world.root, 'verify')).toMatchObject({ code: 1, said: { ledgerBytes: -4 * block } });
  expect(await command(world.root, 'status')).toMatchObject({ said: { usedBytes: 4 * block, ledgerBytes: 0 } });
});

it('says how many files are missing, and of the ledger what verify will say', async () => {
  await using world = await dataFolder();
  const { root, folder, ledger, paths } = world;
  const [, cut = '', gone = '', good = ''] = paths;
  await writeFile(cut, 'half');
  await rm(gone);
  const segment = await readFile(good);
  await writeFile(path.join(folder, `${'ab'.repeat(32)}.0.ts`), Buffer.concat([segment, segment]));
  // As a process that begins measures the folder: three catalogued files, and not yet the one that was found.
  await ledger.reconcile(scope, 3 * block);
  const { said } = await command(root, 'status');
  expect(said).toMatchObject({ objects: 4, diskBytes: 4 * block, missing: 1, ledgerBytes: -2 * block });
  await using told = new CliProcess(['cache', 'status', '--data', root], { cwd: root });
  await told.ended;
  expect(told.out).toMatch(/^used .*, 4 files in the catalogue\nmissing +1 file of these: "cliptide cache verify"/m);
  await using verify = new CliProcess(['cache', 'verify', '--data', root], { cwd: root });
  expect(await verify.ended).toBe(1);
  expect(verify.out).toMatch(/^removed 1 damaged file: 1 of channel$/m);
  expect(verify.out).toMatch(/^set the ledger, which counted 8\.2 kB too little$/m);
  expect(await command(root, 'status')).toMatchObject({ said: { objects: 3, missing: 0, ledgerBytes: 0 } });
});

it('names no difference while something is fetched', async () => {
  await using world = await dataFolder();
  await world.ledger.reconcile(scope, 9 * block);
  const gate = Promise.withResolvers<void>();
  world.origin.set('/s1.ts', { body: transportStream(1), gate: gate.promise });
  await rm(world.paths[1] ?? '');
  const lease = world.lease(1);
  await expect.poll(() => world.origin.requests('/s1.ts')).toBe(2);
  const { said } = await command(world.root, 'status');
  expect([said.ledgerBytes, (said.flights as unknown[]).length]).toEqual([null, 1]);
  gate.resolve();
  await (await lease).release();
});

it('verifies every byte, repairs what is wrong, and finds nothing the second time', async () => {
  await using world = await dataFolder();
  const { root, paths, folder, ledger } = world;
  expect(await command(root, 'verify')).toMatchObject({ code: 0, said: { objects: 4, bytes: 4 * 20 * 188 } });
  const [, damaged = '', gone = '', good = ''] = paths;
  const bytes = await readFile(damaged);
  bytes[700] = (bytes[700] ?? 0) ^ 1;
  await writeFile(damaged, bytes);
  await rm(gone);
  // As earlier versions named it: not in the catalog, and good.
  const unknown = path.join(folder, `${'ab'.repeat(32)}.0.ts`);
  await writeFile(unknown, await readFile(good));
  const broken = path.join(folder, `${'cd'.repeat(32)}.0.ts`);
  await writeFile(broken, '<html>');
  await writeFile(path.join(folder, `${'ef'.repeat(32)}.gone.7.part`), 'half');
  await ledger.reconcile(scope, 9 * block);
  const damagedFiles = expect.arrayContaining([
    { name: path.basename(damaged), channelId: 'channel' },
    { name: path.basename(broken), channelId: null },
  ]);
  const found = { objects: 5, damaged: 2, missing: 1, adopted: 2, strays: 1, ledgerBytes: 4 * block, damagedFiles };
  expect(await command(root, 'verify')).toMatchObject({ code: 1, said: found });
  expect((await world.files()).sort()).toEqual(
    [paths[0], good, unknown].map((file) => path.basename(file ?? '')).sort(),
  );
  expect(await ledger.usage(scope)).toMatchObject({ used: 3 * block });
  expect(await command(root, 'verify')).toMatchObject({ code: 0, said: { objects: 3, damaged: 0 } });
  await world.lease(1);
  expect(world.origin.requests('/s1.ts')).toBe(2);
});

it("leaves alone what is not Cliptide's, counts it, and says so, also where it stands in a file's place", async () => {
  await using world = await dataFolder();
  const { root, folder, ledger, paths } = world;
  const [, replaced = ''] = paths;
  await writeFile(path.join(folder, 'junk.bin'), Buffer.alloc(block + 1));
  await rm(replaced);
  for (const name of ['mine', path.basename(replaced)]) {
    await mkdir(path.join(folder, name));
    await writeFile(path.join(folder, name, 'notes'), 'x');
  }
  const foreign = { foreign: 3, foreignBytes: 4 * block };
  const first = await command(root, 'verify');
  expect(first).toMatchObject({ code: 1, said: { ...foreign, missing: 1, strays: 0, ledgerBytes: -3 * block } });
  expect(await ledger.usage(scope)).toMatchObject({ used: 7 * block });
  expect(await cacheBytesIn(folder)).toBe(7 * block);
  expect(await command(root, 'verify')).toMatchObject({ code: 0, said: foreign });
  expect(await command(root, 'status')).toMatchObject({ said: { ...foreign, objects: 3, ledgerBytes: 0 } });
  await using told = new CliProcess(['cache', 'status', '--data', root], { cwd: root });
  await told.ended;
  expect(told.out).toMatch(/^foreign +16\.4 kB, 3 entries that are not Cliptide's$/m);
  await expect(world.lease(1)).rejects.toMatchObject({ code: 'unavailable', where: replaced });
  await command(root, 'gc', '--to', '0');
  expect(await readdir(path.join(folder, 'mine'))).toEqual(['notes']);
  expect(await ledger.usage(scope)).toMatchObject({ used: 5 * block, reserved: 0 });
  await rm(replaced, { recursive: true });
  await (await world.lease(1)).release();
});

it('lets go of an object in whose place somebody put a folder since, and evicts others', async () => {
  await using world = await dataFolder();
  const [, replaced = '', next = ''] = world.paths;
  await rm(replaced);
  await mkdir(replaced);
  await expect(world.lease(1)).rejects.toMatchObject({ code: 'unavailable', where: replaced });
  await command(world.root, 'gc', '--to', '0');
  expect((await world.files()).includes(path.basename(next))).toBe(false);
});

it('finds a file that grew, and repairs it though it is leased', async () => {
  await using world = await dataFolder();
  await appendFile(world.paths[0] ?? '', 'x');
  expect(await command(world.root, 'verify')).toMatchObject({ code: 1, said: { damaged: 1 } });
  await world.held.release();
  await world.lease(0);
  expect(world.origin.requests('/s0.ts')).toBe(2);
});

it('makes room down to a size, but not of what is leased', async () => {
  await using world = await dataFolder();
  const { root, paths, ledger } = world;
  expect(await command(root, 'gc')).toMatchObject({ code: 0, said: { freedBytes: 0 } });
  expect(await command(root, 'gc', '--to', `${3 * block}`)).toMatchObject({ code: 0, said: { freedBytes: block } });
  expect(await world.files()).not.toContain(path.basename(paths[1] ?? ''));
  expect(await command(root, 'gc', '--to', '0')).toMatchObject({ code: 0, said: { freedBytes: 2 * block } });
  expect(await world.files()).toEqual([path.basename(paths[0] ?? '')]);
  expect(await ledger.usage(scope)).toMatchObject({ used: block });
});

it('says what is wrong with its options', async () => {
  await using world = await cacheWorld();
  await using process = new CliProcess(['cache', 'gc', '--to', 'little', '--data', world.root], { cwd: world.root });
  expect(await process.ended).toBe(2);
  expect(process.err).toContain('--to must be a size');
  await using nowhere = new CliProcess(['cache', 'status', '--data', path.join(world.root, 'none')], {
    cwd: world.root,
  });
  expect(await nowhere.ended).toBe(2);
  expect(nowhere.err).toContain('there is no data folder here');
});

it.each(['status', 'verify', 'gc'])('refuses %s for a node that does not keep this cache', async (one) => {
  await using world = await dataFolder();
  const ask = (node: string) =>
    new CliProcess(['cache', one, '--data', world.root, '--node', node], { cwd: world.root });
  await using other = ask('nosuchnode');
  expect(await other.ended).toBe(2);
  expect(other.err).toContain('not kept by a node "nosuchnode"');
  await using own = ask(hostname());
  expect(await own.ended).toBe(0);
});

it("leaves a folder that is no data folder as it is, also if something else's cache lies there", async () => {
  await using world = await cacheWorld();
  const other = path.join(world.root, 'other');
  await mkdir(path.join(other, 'cache'), { recursive: true });
  await using process = new CliProcess(['cache', 'verify', '--data', other], { cwd: world.root });
  expect(await process.ended).toBe(2);
  expect(process.err).toContain('there is no data folder here');
  expect(await readdir(other)).toEqual(['cache']);
});

it.each([
  ['cache', 'status', '--what'],
  ['budget', 'set', 'channel'],
  ['dead', 'show'],
  ['topology', 'check', '--what'],
])('ends %s %s with 2 when it is used wrongly, and says so like every command', async (...args) => {
  await using world = await cacheWorld();
  await using process = new CliProcess(args, { cwd: world.root });
  expect(await process.ended).toBe(2);
  expect(process.err).toMatch(/^cliptide: /);
  expect(process.err).toContain('--help');
});
