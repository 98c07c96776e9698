import { type CommandEntry } from '../cli/cli.js';

/** Everything that `cios` can do; a command is loaded when it is called. */
export const commands: readonly CommandEntry[] = [
  {
    name: 'eval',
    summary: 'evaluate HCL expressions (offline)',
    load: async () => (await import('./eval.js')).evalCommand,
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
    name: 'region',
    summary: 'regions and their data',
    load: async () => (await import('./region/index.js')).regionCommands,
  },
  {
    name: 'audit',
    summary: 'ask the record itself: replay, diff, verify, export (offline)',
    load: async () => (await import('../../../audit/src/index.js')).auditGroup(),
  },
];
