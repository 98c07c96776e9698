import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, it } from '@jest/globals';
import { verifyRecord } from '../apps/audit/src/verify-record.js';
import { smallRegionData } from '../apps/cios/src/testing/small-fleet.js';
import { ServedInstallation } from './served-installation.js';

it('an installation seals its log, and verify checks the seal', async () => {
  const period = process.env['CIOS_SEAL_MS'];
  process.env['CIOS_SEAL_MS'] = '1000';
  const served = await ServedInstallation.start('seals', {});
  try {
    const { client } = served;
    await client.post('/v1/region-data/import', { text: smallRegionData }, { ticket: 'CHG-1' });
    const seals = async () => client.get<{ readonly items: unknown[] }>('/v1/events', { types: 'LogSealed' });
    while ((await seals()).items.length === 0) await sleep(100);
    const { intact, seals: checked } = await verifyRecord(join(served.folder, 'data'), served.folder);
    expect(intact).toBe(true);
    expect(checked).toBeGreaterThan(0);
  } finally {
    await served.stop();
    if (period === undefined) delete process.env['CIOS_SEAL_MS'];
    else process.env['CIOS_SEAL_MS'] = period;
  }
}, 60_000);
