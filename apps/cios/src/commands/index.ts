import { type Register } from '../cli/cli.js';

/** A command, or a group of commands, as `cios --help` lists it; `load` brings in what it needs. */
export interface CommandEntry {
  readonly name: string;
  readonly summary: string;
  readonly load: () => Promise<Register>;
}

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
];
