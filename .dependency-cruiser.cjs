// The rules of docs/architecture.md ("Who may import whom"). scripts/canary.mjs breaks each of them on purpose.
const contexts = 'region-data|flocks|compilation|capabilities|builds|releases|executors|notifications|access';
const pureEngines = 'hcl|build-graph';
const spec = '([.](spec|contract|e2e)[.]ts$|/testing/)';

/** @type {import('dependency-cruiser').IConfiguration} */
module.exports = {
  forbidden: [
    { name: 'no-circular', severity: 'error', from: {}, to: { circular: true } },
    { name: 'not-to-unresolvable', severity: 'error', from: {}, to: { couldNotResolve: true } },
    { name: 'libs-not-to-apps', severity: 'error', from: { path: '^libs/' }, to: { path: '^apps/' } },
    {
      name: 'no-app-to-app',
      comment: 'cios composes the modules of all apps; nobody else knows another app',
      severity: 'error',
      from: { path: '^apps/([^/]+)/', pathNot: '^apps/cios/' },
      to: { path: '^apps/', pathNot: '^apps/$1/' },
    },
    {
      name: 'kernel-depends-on-nothing',
      comment: 'digest.ts alone may use node:crypto (ADR 0002)',
      severity: 'error',
      from: { path: '^libs/kernel/', pathNot: `${spec}|^libs/kernel/digest[.]ts$` },
      to: { pathNot: '^libs/kernel/' },
    },
    {
      name: 'pure-code-is-pure',
      comment:
        'contract, domain, projections and sagas: the kernel, the pure engines and contracts; no package, no Node core',
      severity: 'error',
      from: { path: '^libs/[^/]+/(contract|domain|projections|sagas)/', pathNot: spec },
      to: {
        pathNot: `^libs/(kernel|${pureEngines})/|^libs/(${contexts})/(contract|domain|projections|sagas)/`,
      },
    },
    {
      name: 'contexts-meet-in-contracts',
      severity: 'error',
      from: { path: `^libs/(${contexts})/`, pathNot: '[.](spec|e2e)[.]ts$|/testing/' },
      to: { path: `^libs/(${contexts})/`, pathNot: '^libs/($1/|[^/]+/contract/)' },
    },
    {
      name: 'engines-are-pure',
      severity: 'error',
      from: { path: `^libs/(${pureEngines})/`, pathNot: spec },
      to: {
        path: '(^|/)(node_modules/(@nestjs|fastify|mongodb|lmdb|@eventstore|rxjs)/|libs/(event-store|read-store|blob-store)/)',
      },
    },
    {
      name: 'drivers-only-in-adapters',
      severity: 'error',
      from: {
        pathNot: '^libs/(event-store|read-store|blob-store)/(adapters|gateway)/|^apps/gateway/|^bench/',
      },
      to: { path: 'node_modules/(mongodb|lmdb|@eventstore)/' },
    },
    {
      name: 'audit-cannot-write',
      comment:
        'apps/audit reaches no command handler, no decider runner and no saga runner, and no client of the API',
      severity: 'error',
      from: { path: '^(apps|libs)/audit/', pathNot: spec },
      to: {
        path: '/nest/|[.]handler[.]ts$|/(saga|projection)-runner/|/aggregate(s|-store)[.]ts$|/client[.]ts$|/command-bus',
        reachable: true,
      },
    },
  ],
  options: {
    tsConfig: { fileName: 'tsconfig.json' },
    tsPreCompilationDeps: true,
    detectProcessBuiltinModuleCalls: true,
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '^(dist|coverage)/' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['cios-source', 'import', 'require', 'node', 'default', 'types'],
      mainFields: ['module', 'main', 'types'],
      extensions: ['.ts', '.js', '.mjs', '.cjs', '.d.ts'],
    },
  },
};
