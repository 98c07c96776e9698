import { processIo, run } from '#libs/command-line';
import { refuse, Refused } from '#libs/kernel';
import { auditCommands } from './commands/index.js';

process.removeAllListeners('warning');

process.exitCode = await run(
  {
    name: 'cios-audit',
    description: 'Asks the record of a CIOS installation. It only reads.',
    version: '0.1.0',
    commands: auditCommands,
    connect: () =>
      Promise.reject(new Refused(refuse('audit/offline', 'an auditor asks the record, not the server'))),
  },
  process.argv.slice(2),
  processIo(),
);
