import fc from 'fast-check';

/**
 * Property tests draw the same cases every time, so that the outcome depends on the commit alone. `CIOS_TEST_SEED=<number>` explores
 * others; fuzzing (`npm run fuzz`) always does.
 */
fc.configureGlobal({
  ...fc.readConfigureGlobal(),
  seed: Number(process.env['CIOS_TEST_SEED'] ?? 20_261_125),
});
