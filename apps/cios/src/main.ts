import { run } from './cli/run.js';
import { processIo } from './cli/io.js';

// Experimental and deprecated parts of Node are our business, not that of who runs cios.
process.removeAllListeners('warning');
if (process.env['CIOS_TRACE'] !== undefined)
  process.on('warning', (warning) => {
    console.error(warning.message);
  });

process.exitCode = await run(process.argv.slice(2), processIo());
