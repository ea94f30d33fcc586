import { stages } from '../topology/graph.ts';
import { mermaid } from '../topology/mermaid.ts';
import { topics } from '../topology/topics.ts';

const part = /(<!-- topology:begin -->\n)[\s\S]*?(<!-- topology:end -->)/;

/** A document with the topology's diagram between its two markers; the document itself where they are missing. */
export function withDiagram(document: string): string {
  const diagram = `\`\`\`mermaid\n${mermaid(topics, stages)}\`\`\`\n`;
  return document.replace(part, (_, begin: string, end: string) => begin + diagram + end);
}
