import { type CommandEntry } from '../cli/cli.js';

/** Everything that `cios` can do; a command is loaded when it is called. */
export const commands: readonly CommandEntry[] = [
  {
    name: 'init',
    summary: 'write a starter: region data with two regions, and one flock',
    load: async () => (await import('./init.js')).initCommand,
  },
  {
    name: 'up',
    summary: 'everything in one process, until it is stopped',
    load: async () => (await import('./up.js')).upCommand,
  },
  {
    name: 'demo',
    summary: 'build a region from the shipped flocks, and see it happen',
    load: async () => (await import('./demo.js')).demoCommand,
  },
  {
    name: 'region',
    summary: 'regions: list, show, add, edit, remove, pause, resume, import, export, history …',
    load: async () => (await import('./region/index.js')).regionCommands,
  },
  {
    name: 'flock',
    summary: 'flocks: list, show, publish, diff',
    load: async () => (await import('./flock/index.js')).flockCommands,
  },
  {
    name: 'version-set',
    summary: 'which versions are used where: list, show, create, golden, pin, unpin',
    load: async () => (await import('./version-set/index.js')).versionSetCommands,
  },
  {
    name: 'build',
    summary: 'region builds: start, list, show, watch, cancel',
    load: async () => (await import('./build/index.js')).buildCommands,
  },
  {
    name: 'plan',
    summary: 'what is about to be done: show, list, approve, reject, retry',
    load: async () => (await import('./plan/index.js')).planCommands,
  },
  {
    name: 'capability',
    summary: 'what is available where: list, waiting, publish, withdraw',
    load: async () => (await import('./capability/index.js')).capabilityCommands,
  },
  {
    name: 'parked',
    summary: 'what failed and was set aside: list, retry',
    load: async () => (await import('./parked/index.js')).parkedCommands,
  },
  {
    name: 'token',
    summary: 'who may do what: list, create, revoke',
    load: async () => (await import('./token/index.js')).tokenCommands,
  },
  {
    name: 'audit',
    summary: 'ask the record itself: replay, diff, verify, export (offline)',
    load: async () => (await import('../../../audit/src/index.js')).auditGroup(),
  },
  {
    name: 'store',
    summary: 'the stores on this machine: backup, restore, verify, redact',
    load: async () => (await import('./store/index.js')).storeCommands,
  },
  {
    name: 'gateway',
    summary: "EventStoreDB's protocol over the embedded event store",
    load: async () => (await import('./gateway.js')).gatewayCommand,
  },
  {
    name: 'compile',
    summary: 'compile flocks against region data (offline)',
    load: async () => (await import('./compile.js')).compileCommand,
  },
  {
    name: 'graph',
    summary: 'build dependency graph and findings (offline)',
    load: async () => (await import('./graph.js')).graphCommand,
  },
  {
    name: 'lint',
    summary: 'what a reviewer would say of flocks (offline)',
    load: async () => (await import('./lint.js')).lintCommand,
  },
  {
    name: 'eval',
    summary: 'evaluate HCL expressions (offline)',
    load: async () => (await import('./eval.js')).evalCommand,
  },
  {
    name: 'fmt',
    summary: 'lay flock configs out (offline)',
    load: async () => (await import('./fmt.js')).fmtCommand,
  },
];
