import { type CommandEntry, type Register } from '#libs/command-line';

/** What an auditor can ask: nothing here can write. */
export const auditCommands: readonly CommandEntry[] = [
  {
    name: 'replay',
    summary: 'region data, states and capabilities exactly as they were',
    load: async () => (await import('./replay.js')).replay,
  },
  {
    name: 'diff',
    summary: 'what changed between two points, who did it, and all that followed',
    load: async () => (await import('./diff.js')).diff,
  },
  {
    name: 'verify',
    summary: 'proves that the record is as it was written',
    load: async () => (await import('./verify.js')).verify,
  },
  {
    name: 'export',
    summary: 'prints the record, one event a line, or its seal',
    load: async () => (await import('./export.js')).exportCommand,
  },
];

/** The same as one group below another program's command. */
export async function auditGroup(): Promise<Register> {
  const members = await Promise.all(auditCommands.map(({ load }) => load()));
  return (program, cli) => {
    const parent = program
      .command('audit')
      .description('ask the record itself, without a running installation');
    for (const register of members) register(parent, cli);
  };
}
