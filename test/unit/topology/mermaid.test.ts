import { expect, it } from 'vitest';
import { stages } from '../../../topology/graph.ts';
import { mermaid } from '../../../topology/mermaid.ts';
import { topics } from '../../../topology/topics.ts';

it('draws reading, writing, reading back and reading as a table', () => {
  const topic = { schema: 'timers', key: 'channelId', cleanup: 'delete' } as const;
  const graph = mermaid(
    { 'chat.in': topic, journal: topic, 'b.dead': topic, 'b.changelog': topic },
    {
      b: {
        role: 'score',
        kind: 'stateful',
        inputs: ['chat.in', 'journal'],
        outputs: ['journal', 'b.dead', 'b.changelog'],
      },
      a: { role: 'ingest', kind: 'source', outputs: ['chat.in'], tables: ['journal'] },
    },
  );
  expect(graph.split('\n').map((line) => line.trim())).toEqual([
    'flowchart LR',
    'b["b"]',
    'a["a"]',
    't_chat_in(["chat.in"])',
    't_journal(["journal"])',
    'a --> t_chat_in',
    't_chat_in --> b',
    'b <--> t_journal',
    't_journal -.-> a',
    '',
  ]);
});

it('draws every stage and every topic but dead letters and changelogs', () => {
  const graph = mermaid(topics, stages);
  for (const name of [...Object.keys(stages), 'live.analytics', 'clips.rendered'])
    expect(graph).toContain(`["${name}"]`);
  expect(graph).not.toMatch(/dead|changelog/);
});
