import type { Stages, Topics } from './check.ts';

/**
 * The topology as a Mermaid flowchart: stages as boxes, topics as ovals, an arrow for what is written and read, one with
 * two heads where a stage reads back what it writes, a dotted one for a topic that is read as a whole table. Dead-letter
 * topics and changelogs are left out: every stage has the one, every stateful stage the other; so is what operators
 * alone write and read, and what every stage reads at its start.
 */
export function mermaid(topics: Topics, stages: Stages): string {
  const drawn = Object.keys(topics).filter(
    (topic) => !/\.(dead|changelog)$/.test(topic) && !/^operator\.(gaps|replays)$/.test(topic),
  );
  const names = Object.keys(stages);
  const lines = [
    ...names.map((stage) => `${stage}["${stage}"]`),
    ...drawn.map((topic) => `${node(topic)}(["${topic}"])`),
    ...drawn.flatMap((topic) => [
      ...names.flatMap((stage) => written(topic, stage, stages)),
      ...names.flatMap((stage) => read(topic, stage, stages)),
    ]),
  ];
  return `${['flowchart LR', ...lines.map((line) => `  ${line}`)].join('\n')}\n`;
}

function written(topic: string, stage: string, stages: Stages): string[] {
  if (!stages[stage]?.outputs?.includes(topic)) return [];
  return [`${stage} ${stages[stage].inputs?.includes(topic) ? '<-->' : '-->'} ${node(topic)}`];
}

function read(topic: string, stage: string, stages: Stages): string[] {
  const spec = stages[stage];
  const isInput = spec?.inputs?.includes(topic) && !spec.outputs?.includes(topic);
  const isTable = spec?.tables?.includes(topic);
  return [...(isInput ? [`${node(topic)} --> ${stage}`] : []), ...(isTable ? [`${node(topic)} -.-> ${stage}`] : [])];
}

/** Topics begin apart from stages, and Mermaid's ids have no dots. */
const node = (topic: string): string => `t_${topic.replaceAll('.', '_')}`;
