import { describe, expect, it } from '@jest/globals';
import { flock, PureLoop } from './index.js';

describe('the pure loop', () => {
  const flocks = [
    flock('net', { vcn: {}, ready: { publishes: 'net', after: ['vcn'] } }),
    flock('dns', { zone: { needs: ['net'] } }),
  ];

  it('brings a small region to Production', () => {
    const loop = new PureLoop({ flocks: ({ state }) => (state === 'none' ? [] : flocks) });
    loop.open();
    loop.run();
    expect(loop.state).toBe('Production');
    expect(loop.carriedOut).toEqual(['net.vcn', 'net.ready', 'dns.zone']);
    loop.checkSafety();
  });

  it('is repeated exactly by its seed', () => {
    const run = (seed: number) => {
      const loop = new PureLoop({ flocks: () => flocks, seed, failureRate: 0.4, crashRate: 0.02 });
      loop.open();
      loop.finish();
      return { events: loop.events, crashes: loop.crashes };
    };
    expect(run(3)).toEqual(run(3));
    expect(run(3)).not.toEqual(run(4));
  });
});
