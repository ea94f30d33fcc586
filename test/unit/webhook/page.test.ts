import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { systemClock } from '../../../src/adapters/embedded/clock.ts';
import { memoryMetrics } from '../../../src/adapters/embedded/metrics.ts';
import { pinoLogger } from '../../../src/adapters/logging/pino.ts';
import { webhookNotifier } from '../../../src/adapters/webhook/notifier.ts';
import type { RenderedClip } from '../../../src/domain/records.gen.ts';
import { notifyStage } from '../../../src/stages/notify/stage.ts';
import { clip, input } from '../../support/recordinputs.ts';

const page = readFileSync(fileURLToPath(new URL('../../../docs/webhooks.md', import.meta.url)), 'utf8');
const example = JSON.parse(/```json webhook\n([\s\S]*?)```/.exec(page)?.[1] ?? '') as {
  readonly timestamp: string;
  readonly data: RenderedClip & { readonly file: string };
};

test('docs/webhooks.md shows what a receiver gets, and names every field of it', async () => {
  const { file, ...fields } = example.data;
  const rendered = clip(fields.clipId, fields.highlightId, {
    ...{ ...fields, video: file.replace(/^clips\//, '') },
    onDiskAtMs: Date.parse(example.timestamp),
  });
  const sent: { body: string; headers: Readonly<Record<string, string>> }[] = [];
  const parts = { clock: systemClock, logger: pinoLogger({ level: 'silent' }), metrics: memoryMetrics() };
  const secret = `whsec_${Buffer.from('a secret of thirty-two bytes ...').toString('base64')}`;
  const notifier = webhookNotifier([{ url: 'https://hooks.example/clips', secret }], {
    ...parts,
    post: async ({ body, headers }) => {
      sent.push({ body, headers });
      return 204;
    },
  });
  await notifyStage(notifier).handle([input('clips.rendered', rendered)]);
  expect(sent.map(({ body }) => JSON.parse(body))).toEqual([example]);
  for (const name of ['content-type', 'webhook-id']) expect(page).toContain(`${name}: ${sent[0]?.headers[name]}\n`);
  const told = [...page.matchAll(/^\| ((?:`\w+`(?:, )?)+) \|/gm)].flatMap(([, names = '']) => names.split(', '));
  const names = ['type', 'timestamp', ...Object.keys(example.data)];
  expect(told.map((name) => name.replaceAll('`', '')).sort()).toEqual(names.sort());
});
