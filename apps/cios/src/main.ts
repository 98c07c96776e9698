import { processIo, run } from '#libs/command-line';
import { cios } from './cli/program.js';

// Experimental and deprecated parts of Node are our business, not that of who runs cios.
process.removeAllListeners('warning');
if (process.env['CIOS_TRACE'] !== undefined)
  process.on('warning', (warning) => {
    console.error(warning.message);
  });

process.exitCode = await run(cios, process.argv.slice(2), processIo());
