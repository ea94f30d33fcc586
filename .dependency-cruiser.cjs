// The dependency table of the design's section 10 as rules. A folder may import what its row names, and nothing else.
const stages = ['ingest', 'score', 'conduct', 'refine', 'render', 'record', 'keep', 'notify'];
const npm = (names) => `node_modules/(${names.join('|')})/`;

/** Forbids all imports of `from` but those that match one of `to`. */
const only = (name, from, to) => ({
  name,
  severity: 'error',
  from: { path: from },
  to: { pathNot: to },
});

module.exports = {
  forbidden: [
    { name: 'no-cycles', severity: 'error', from: {}, to: { circular: true } },
    { name: 'no-unresolved', severity: 'error', from: {}, to: { couldNotResolve: true } },
    only('domain-is-pure', '^src/domain/', ['^src/domain/', '^(node:)?crypto$', '^(node:)?buffer$']),
    only('ports-are-types', '^src/ports/', ['^src/(domain|ports)/', npm(['rxjs'])]),
    only('topology-is-data', '^topology/', ['^topology/', '^src/domain/']),
    only('operators', '^src/operators/', ['^src/(operators|domain)/', npm(['rxjs'])]),
    only('runtime', '^src/runtime/', [
      '^src/(runtime|ports|domain|operators)/',
      '^topology/',
      npm(['rxjs', 'cockatiel']),
      '^(node:)?(crypto|events)$',
    ]),
    ...stages.map((stage) =>
      only(`stage-${stage}`, `^src/stages/${stage}/`, [
        `^src/stages/${stage}/`,
        '^src/(domain|ports|operators|runtime)/',
        '^topology/',
        npm(['rxjs']),
        '^(node:)?(path|fs|fs/promises|os|url)$',
      ]),
    ),
    {
      name: 'adapters-see-no-stage',
      severity: 'error',
      from: { path: '^src/adapters/([^/]+)/' },
      to: { path: '^src/', pathNot: ['^src/(ports|domain)/', '^src/adapters/$1/'] },
    },
    only('dashboard-server', '^src/dashboard/server/', [
      '^src/dashboard/server/',
      '^src/(ports|domain|config)/',
      npm(['fastify']),
    ]),
    only('config', '^src/config/', ['^src/(config|domain)/', npm(['zod']), '^(node:)?(path|fs|os|url|crypto|util)$']),
    {
      name: 'demo',
      severity: 'error',
      from: { path: '^src/demo/' },
      to: { path: '^src/', pathNot: '^src/(demo|domain|ports)/' },
    },
    only('pipeline', '^src/pipeline\\.ts$', ['^src/(stages|ports|runtime|domain)/', '^topology/', npm(['rxjs'])]),
    {
      name: 'nothing-imports-the-cli',
      severity: 'error',
      from: { pathNot: '^src/(cli/|main\\.ts$)' },
      to: { path: '^src/(cli/|main\\.ts$)' },
    },
    { name: 'no-test-code-in-src', severity: 'error', from: { path: '^(src|topology)/' }, to: { path: '^test/' } },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'require', 'node', 'default', 'types'],
    },
  },
};
