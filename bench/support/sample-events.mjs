/** An event of about 400 bytes of JSON, as region data and builds write them. */
export function sampleEvent(n) {
  return {
    type: ['RegionAttributeSet', 'OperationSucceeded', 'CapabilityPublished', 'ReleaseSent'][n & 3],
    data: {
      region: `us-region-${n % 85}`,
      flock: `flock-${n % 350}`,
      target: `us-region-${n % 85}-ad-${n % 3}`,
      address: `infrastructure_component.host[${n % 40}]`,
      attempt: 1 + (n % 3),
      succeeded: n % 17 !== 0,
      durationMs: 1000 + ((n * 7919) % 90_000),
      outputs: {
        address: `10.${n % 256}.${(n >> 8) % 256}.7`,
        name: `host-${n}.us-region-${n % 85}.example.com`,
      },
    },
  };
}

export function sampleContext(n) {
  return {
    commandId: `operator-7:${n}-5f3c9a7e-1b0d-4c55-9d7e`,
    actor: `user-${n % 500}`,
    occurredAt: '2026-01-01T00:00:00.000Z',
    correlationId: `build-${n % 50}-0c4f9c1e`,
  };
}

export function quantile(values, q) {
  const sorted = Float64Array.from(values).sort();
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * q))];
}

export const median = (values) => quantile(values, 0.5);

/** A folder on the disk that the data would be on: /tmp may be memory, where a flush costs nothing. */
export async function withFolder(run) {
  const { mkdirSync, mkdtempSync, rmSync } = await import('node:fs');
  mkdirSync('node_modules/.cache', { recursive: true });
  const folder = mkdtempSync('node_modules/.cache/bench-');
  try {
    return await run(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
