import { describe, expect, it } from '@jest/globals';
import { type RecordedEvent, type Saga } from '#libs/kernel';
import { checkSagaLaw } from '#libs/read-store/testing';
import { type RegionBuildCommand } from '../contract/index.js';
import { type RegionBuild } from '../domain/region-build.js';
import { flock, nameOf, PureLoop, type PureLoopOptions, vibeFlocks } from '../testing/index.js';
import { regionBuildSaga } from './region-build-saga.js';

const net = flock('net', { vcn: {}, ready: { publishes: 'net', after: ['vcn'] } });
const dns = flock('dns', { zone: { needs: ['net'] }, record: { after: ['zone'] } });

function started(options: PureLoopOptions): PureLoop {
  const loop = new PureLoop(options);
  loop.open();
  return loop;
}

/** A region in Production whose only build is complete. */
function inProduction(options: PureLoopOptions): PureLoop {
  const loop = started(options);
  loop.run();
  expect(loop.state).toBe('Production');
  return loop;
}

const releasesOf = (loop: PureLoop) => loop.of('ReleaseSent').map(({ flock: f, round }) => `${f} ${round}`);
const kindsOfBuilds = (loop: PureLoop) => loop.of('BuildOpened').map(({ kind }) => kind);
const recalledOf = (loop: PureLoop) => loop.of('NodeRecalled').map(({ node }) => nameOf(node));
const dispatchOf = (loop: PureLoop, name: string) =>
  loop.of('NodeDispatched').find(({ node }) => nameOf(node) === name)!;
const becameAvailable = (loop: PureLoop, environment: string, name: string) =>
  loop
    .of('CapabilityBecameAvailable')
    .find((event) => event.environment === environment && event.name === name)!.at;
/** `value` of a node as it was dispatched last. */
const nodeValue = (loop: PureLoop, name: string): unknown => {
  const { desired } = loop.of('NodeDispatched').findLast(({ node }) => nameOf(node) === name)!;
  return (loop.blobs.get(desired) as { attributes: { value: unknown } }).attributes.value;
};
const turned = (loop: PureLoop, to: string) =>
  loop.of('RegionStateChanged').filter((event) => event.to === to);

describe('traversal', () => {
  it('starts what is ready, and goes on with what a publication makes ready (TR-02, TR-03)', () => {
    const loop = started({ flocks: () => [net, dns] });
    loop.run();
    expect(loop.carriedOut).toEqual(['net.vcn', 'net.ready', 'dns.zone', 'dns.record']);
    expect(dispatchOf(loop, 'dns.zone').at).toBeGreaterThan(becameAvailable(loop, 'target', 'net'));
  });

  it('stands still while a capability is missing elsewhere, and recommences when it comes (TR-03)', () => {
    const loop = started({
      hostRegion: 'iad',
      flocks: ({ state }) => [
        ...vibeFlocks,
        ...(state === 'none' ? [] : [flock('app', { vm: { needs: ['host/hosting'] }, disk: {} })]),
      ],
    });
    loop.run();
    expect(loop.carriedOut).toContain('app.disk');
    expect(loop.carriedOut).not.toContain('app.vm');
    expect(loop.lastBuild!.status).toBe('open');
    loop.publish('target', 'hosting', {}, 'iad');
    loop.run();
    expect(loop.carriedOut.at(-1)).toBe('app.vm');
    expect(loop.state).toBe('Production');
  });

  it('reads outputs of a capability of another region that was available long before', () => {
    const loop = new PureLoop({
      hostRegion: 'iad',
      flocks: ({ state }) => [
        ...vibeFlocks,
        ...(state === 'none'
          ? []
          : [flock('app', { vm: { needs: ['host/hosting'], reads: { 'capability:hosting': 'endpoint' } } })]),
      ],
    });
    loop.publish('target', 'hosting', { endpoint: 'iad.internal' }, 'iad');
    loop.open();
    loop.run();
    const { desired } = dispatchOf(loop, 'app.vm');
    expect(loop.blobs.get(desired)).toMatchObject({
      attributes: { read: { 'capability:hosting': { endpoint: 'iad.internal' } } },
    });
    expect(loop.state).toBe('Production');
  });

  it('carries out more than fit into one release, in several', () => {
    const names = Array.from({ length: 230 }, (_, n) => [`n${n}`, {}] as const);
    const loop = started({ flocks: () => [flock('big', Object.fromEntries(names))] });
    loop.run();
    expect(loop.of('ReleaseSent').map(({ nodes }) => nodes.length)).toEqual([200, 30]);
    expect(loop.state).toBe('Production');
  });
});

describe('releases', () => {
  it('of flocks that interleave are several, and all complete (GR-09)', () => {
    const loop = started({
      flocks: () => [
        flock('a', {
          early: {},
          ready: { publishes: 'a-early', after: ['early'] },
          late: { needs: ['b'] },
        }),
        flock('b', { only: { needs: ['a-early'] }, ready: { publishes: 'b', after: ['only'] } }),
      ],
    });
    loop.run();
    expect(releasesOf(loop)).toEqual(['a 1', 'b 3', 'a 5']);
    expect(loop.of('ReleaseCompleted')).toHaveLength(3);
    expect(loop.carriedOut).toEqual(['a.early', 'a.ready', 'b.only', 'b.ready', 'a.late']);
    expect(loop.state).toBe('Production');
  });

  it('are one for each flock and target otherwise (TR-06)', () => {
    const loop = started({ flocks: () => [net, dns, flock('dns', dns.resources, { target: 'ad2' })] });
    loop.run();
    expect([...releasesOf(loop)].sort()).toEqual(['dns 1', 'dns 1', 'net 1']);
  });
});

describe('routing', () => {
  const stack = (environment: 'vibe' | 'target') =>
    flock(
      `cios-${environment}`,
      {
        regional: { publishes: 'cios-regional' },
        worker: { publishes: 'worker', after: ['regional'] },
        orchestrator: { publishes: 'deployment-orchestrator', after: ['worker'] },
      },
      { environment },
    );
  const fleet: PureLoopOptions['flocks'] = ({ state }) => [
    stack('vibe'),
    ...(state === 'none'
      ? []
      : [
          flock('app', { early: { needs: ['vibe/deployment-orchestrator'] } }),
          stack('target'),
          flock('late', { vm: { needs: ['target/deployment-orchestrator'] } }),
        ]),
  ];

  it('goes from the host to the ViBE, and to the target when that is self-sufficient (VB-06, VB-15)', () => {
    for (let seed = 1; seed <= 10; seed++) {
      const loop = started({ hostRegion: 'iad', flocks: fleet, seed });
      loop.run();
      expect(loop.state).toBe('Production');
      const toHost = loop.of('NodeDispatched').filter(({ to }) => to.region === 'iad');
      expect(toHost.map(({ node }) => nameOf(node))).toEqual(
        expect.arrayContaining(['cios-vibe.regional', 'cios-vibe.worker', 'cios-vibe.orchestrator']),
      );
      expect(dispatchOf(loop, 'app.early').to).toEqual({ region: 'sea', environment: 'vibe' });
      expect(dispatchOf(loop, 'late.vm').to).toEqual({ region: 'sea', environment: 'target' });
    }
  });

  it('sends nothing more to the host after the switch, whatever was waiting (VB-06)', () => {
    const loop = new PureLoop({
      hostRegion: 'iad',
      state: 'Building',
      flocks: () => [flock('app', { vm: {}, disk: { after: ['vm'] } })],
    });
    loop.hold(true);
    loop.open();
    loop.run();
    for (const name of ['cios-regional', 'worker', 'deployment-orchestrator']) loop.publish('vibe', name);
    loop.run();
    const switched = becameAvailable(loop, 'vibe', 'deployment-orchestrator');
    loop.hold(false);
    loop.run();
    const after = loop.of('NodeDispatched').filter(({ at }) => at > switched);
    expect(after.map(({ to }) => to)).toEqual([
      { region: 'sea', environment: 'vibe' },
      { region: 'sea', environment: 'vibe' },
    ]);
    expect(loop.of('ReleaseSent').map(({ to }) => to.region)).toEqual(['sea']);
  });

  it('goes to the region itself where it has no ViBE', () => {
    const loop = started({ flocks: () => [net] });
    loop.run();
    for (const { to } of loop.of('NodeDispatched'))
      expect(to).toEqual({ region: 'sea', environment: 'target' });
  });
});

describe('gates', () => {
  it('holds every node of the target until that is available (VB-08)', () => {
    const loop = started({
      hostRegion: 'iad',
      targetAvailable: false,
      flocks: ({ state }) => [...vibeFlocks, ...(state === 'none' ? [] : [net])],
    });
    loop.run();
    expect(loop.carriedOut).toEqual(['cios.regional', 'worker.worker', 'orchestrator.ready']);
    expect(loop.lastBuild!.status).toBe('open');
    loop.makeTargetAvailable();
    loop.run();
    expect(loop.carriedOut.slice(3)).toEqual(['net.vcn', 'net.ready']);
    expect(loop.state).toBe('Production');
  });

  it('opens for connections first, then for hardware, then for the rest (VB-09, VB-10, VB-11)', () => {
    const flocks = [
      flock('rest', { vm: {} }),
      flock('racks', { rack: {}, ready: { publishes: 'hardware', after: ['rack'] } }),
      flock('vpn', { gateway: {}, 'connection.tunnel': { after: ['gateway'] } }),
    ];
    for (let seed = 1; seed <= 10; seed++) {
      const loop = started({ flocks: () => flocks, seed });
      loop.run();
      expect(loop.carriedOut).toEqual([
        'vpn.gateway',
        'vpn.connection.tunnel',
        'racks.rack',
        'racks.ready',
        'rest.vm',
      ]);
    }
  });

  it('are open where nobody declares them', () => {
    const loop = started({ flocks: () => [flock('rest', { vm: {} })] });
    loop.run();
    expect(loop.carriedOut).toEqual(['rest.vm']);
  });
});

describe('Building', () => {
  it("is set when the ViBE's CIOS Regional and worker are available, and not before (ST-02)", () => {
    for (let seed = 1; seed <= 10; seed++) {
      const loop = started({
        hostRegion: 'iad',
        seed,
        flocks: ({ state }) => [...vibeFlocks, ...(state === 'none' ? [] : [net])],
      });
      loop.run(() => loop.isAvailable('vibe', 'cios-regional'));
      expect(loop.state).toBe('none');
      loop.run();
      const [building] = turned(loop, 'Building');
      expect(building!.at).toBeGreaterThan(becameAvailable(loop, 'vibe', 'cios-regional'));
      expect(building!.at).toBeGreaterThan(becameAvailable(loop, 'vibe', 'worker'));
      expect(building!.cause).toEqual({ by: 'mfo', build: 'sea-1' });
      expect(turned(loop, 'Building')).toHaveLength(1);
    }
  });

  it('is set at once where the region has no ViBE (ST-02)', () => {
    const loop = started({ flocks: ({ state }) => (state === 'none' ? [] : [net]) });
    loop.run(() => loop.state === 'Building');
    expect(loop.of('ReleaseSent')).toEqual([]);
  });

  it('recompiles, and what appears then is built on in the same build (TR-09, TR-10)', () => {
    const loop = started({
      hostRegion: 'iad',
      flocks: ({ state }) => [...vibeFlocks, ...(state === 'none' ? [] : [net, dns])],
    });
    loop.run();
    expect(loop.of('BuildOpened')).toHaveLength(1);
    const merges = loop.of('BuildGraphMerged');
    expect(merges[1]!.at).toBeGreaterThan(turned(loop, 'Building')[0]!.at);
    expect(merges[1]!.added).toBeGreaterThan(0);
    expect(new Set(loop.carriedOut).size).toBe(loop.carriedOut.length);
    expect(loop.carriedOut).toContain('dns.record');
  });
});

describe('the end of a build', () => {
  const early = flock('early', { one: {} });

  it('is not the end of the small graph of `none` (ST-04, TR-11)', () => {
    for (let seed = 1; seed <= 20; seed++) {
      const loop = started({ seed, flocks: ({ state }) => (state === 'none' ? [early] : [early, net]) });
      loop.run();
      expect([...loop.carriedOut].sort()).toEqual(['early.one', 'net.ready', 'net.vcn']);
      const [production] = turned(loop, 'Production');
      expect(production!.at).toBeGreaterThan(loop.of('OperationSucceeded').at(-1)!.at);
      expect(production!.cause).toMatchObject({ by: 'mfo', build: 'sea-1' });
      expect(BigInt((production!.cause as { covers: string }).covers)).toBeGreaterThanOrEqual(1n);
    }
  });

  it('never comes with an empty graph (ST-04)', () => {
    const loop = started({ flocks: () => [] });
    loop.run();
    expect({ state: loop.state, status: loop.lastBuild!.status }).toEqual({
      state: 'Building',
      status: 'open',
    });
  });

  it('is deferred where something newer touched the region, and taken up again (ST-04)', () => {
    for (let seed = 1; seed <= 10; seed++) {
      const loop = started({
        seed,
        flocks: ({ edition }) => [early, ...(edition === 0 ? [] : [net])],
      });
      loop.run(() => loop.of('BuildConcluding').length > 0);
      loop.edit();
      loop.run();
      expect(loop.of('BuildConclusionDeferred')).toHaveLength(1);
      expect(loop.of('BuildConcluding')).toHaveLength(2);
      expect(loop.of('BuildCompleted')).toHaveLength(1);
      expect(loop.carriedOut).toContain('net.ready');
      expect(loop.state).toBe('Production');
    }
  });

  it('takes no merge while it waits for the answer; what comes is an update afterwards (TR-11)', () => {
    for (let seed = 1; seed <= 10; seed++) {
      const loop = new PureLoop({
        seed,
        flocks: ({ edition }) => [early, ...(edition === 0 ? [] : [net])],
      });
      loop.autoBuild(true);
      loop.run(() => loop.of('BuildConcluding').length > 0);
      loop.editElsewhere();
      loop.run();
      const concluding = loop.of('BuildConcluding')[0]!.at;
      const completed = loop.of('BuildCompleted')[0]!.at;
      expect(loop.of('BuildGraphMerged').filter(({ at }) => at > concluding && at < completed)).toEqual([]);
      expect(loop.of('BuildConclusionDeferred')).toEqual([]);
      expect(kindsOfBuilds(loop)).toEqual(['first', 'update']);
      expect(loop.carriedOut).toContain('net.ready');
    }
  });

  it('covers what it concluded at, whatever is compiled meanwhile', () => {
    for (let seed = 1; seed <= 30; seed++) {
      const loop = started({ seed, flocks: () => [early], crashRate: 0.05 });
      loop.run(() => loop.of('BuildConcluding').length > 0);
      loop.editElsewhere();
      loop.run();
      expect(loop.of('BuildCompleted').map(({ covers }) => covers)).toEqual([
        loop.of('BuildConcluding')[0]!.covers,
      ]);
    }
  });

  it('sets no state where a user has set Production first (ST-04)', () => {
    const loop = started({ flocks: ({ state }) => (state === 'none' ? [] : [net, dns]) });
    loop.run(() => loop.carriedOut.includes('net.vcn'));
    loop.setState('Production');
    loop.run();
    expect(loop.lastBuild!.status).toBe('completed');
    expect(turned(loop, 'Production').map(({ cause }) => cause)).toEqual([{ by: 'user' }]);
  });

  it('of an update sets no state', () => {
    const loop = inProduction({
      flocks: ({ edition }) => [flock('app', { vm: { value: edition }, disk: {} })],
    });
    const before = loop.of('RegionStateChanged').length;
    loop.autoBuild(true);
    loop.edit();
    loop.run();
    expect(kindsOfBuilds(loop)).toEqual(['first', 'update']);
    expect(loop.lastBuild!.status).toBe('completed');
    expect(loop.of('RegionStateChanged')).toHaveLength(before);
    expect(loop.carriedOut.slice(2)).toEqual(['app.vm']);
  });

  it('waits for flocks with errors', () => {
    const loop = started({
      flocks: ({ edition }) => [early, { ...net, broken: edition === 0 }],
    });
    loop.run();
    expect(loop.carriedOut).toEqual(['early.one']);
    expect(loop.lastBuild!.status).toBe('open');
    loop.edit();
    loop.run();
    expect(loop.state).toBe('Production');
  });
});

describe('a merge', () => {
  it('keeps finished nodes: 0 redone (TR-10)', () => {
    const loop = started({
      flocks: ({ edition }) => [
        net,
        dns,
        ...(edition === 0 ? [] : [flock('app', { vm: { needs: ['net'] } })]),
      ],
    });
    loop.run(() => loop.carriedOut.includes('dns.zone'));
    loop.edit();
    loop.run();
    expect([...loop.carriedOut].sort()).toEqual(['app.vm', 'dns.record', 'dns.zone', 'net.ready', 'net.vcn']);
  });

  it('has a changed node done again, and only readers of outputs that change (TR-10)', () => {
    const loop = inProduction({
      flocks: ({ edition }) => [
        flock('app', {
          db: { value: edition === 0 ? 'a' : 'b', gives: { v: edition < 2 ? 1 : 2, other: edition } },
          after: { after: ['db'] },
          reader: { reads: { db: 'v' } },
        }),
      ],
    });
    loop.autoBuild(true);
    const first = loop.carriedOut.length;
    loop.edit();
    loop.run();
    expect(loop.carriedOut.slice(first)).toEqual(['app.db']);
    loop.edit();
    loop.run();
    expect(loop.carriedOut.slice(first + 1)).toEqual(['app.db', 'app.reader']);
    expect(loop.lastBuild!.status).toBe('completed');
    loop.checkSafety();
  });

  it('recalls what is no longer declared, and lets what has begun finish', () => {
    let recalled = 0;
    for (let seed = 1; seed <= 20; seed++) {
      const loop = started({
        seed,
        flocks: ({ edition }) => [
          flock('app', { vm: {}, ...(edition === 0 ? { disk: { after: ['vm'] } } : {}) }),
        ],
      });
      loop.run(() => loop.of('OperationStarted').length > 0);
      loop.edit();
      loop.run();
      const wasCarriedOut = loop.carriedOut.includes('app.disk');
      if (!wasCarriedOut) recalled++;
      expect(recalledOf(loop)).toEqual(wasCarriedOut ? [] : ['app.disk']);
      expect(loop.carriedOut[0]).toBe('app.vm');
      expect(loop.of('ReleaseCompleted')).toHaveLength(1);
      expect(loop.state).toBe('Production');
    }
    expect(recalled).toBeGreaterThan(0);
  });

  it('that takes a publisher away makes the capability available by those that are left (CP-07)', () => {
    const two = (edition: number) => [
      flock('net', { ready: { publishes: 'net' } }),
      ...(edition === 0
        ? [flock('net', { ready: { publishes: 'net', needs: ['host/never'] } }, { target: 'ad2' })]
        : []),
      flock('dns', { zone: { needs: ['target/net'] } }),
    ];
    const loop = started({ flocks: ({ edition }) => two(edition) });
    loop.run();
    expect(loop.isAvailable('target', 'net')).toBe(false);
    loop.edit();
    loop.run();
    expect(loop.isAvailable('target', 'net')).toBe(true);
    expect(loop.carriedOut).toContain('dns.zone');
    expect(loop.state).toBe('Production');
  });

  it('is answered where versions ask for it and change nothing', () => {
    const loop = started({ flocks: () => [net] });
    loop.run(() => loop.of('OperationStarted').length > 0);
    loop.versionsCompiled();
    loop.run();
    expect(loop.lastBuild!.status).toBe('completed');
  });

  it('is not forgotten where its compilation came while the build was being opened', () => {
    for (let seed = 1; seed <= 60; seed++) {
      const loop = new PureLoop({
        seed,
        flocks: ({ edition }) => [flock('app', { vm: { value: edition } })],
      });
      loop.autoBuild(true);
      loop.run(() => loop.underWay.some((key) => key.startsWith('open:')));
      loop.step();
      loop.editElsewhere();
      // From here on the build does not open again by itself.
      loop.autoBuild(false);
      loop.run();
      expect(loop.unfinished).toEqual([]);
      expect(loop.lastBuild!.status).toBe('completed');
      expect(nodeValue(loop, 'app.vm')).toBe(1);
    }
  });
});

describe('a withdrawn capability', () => {
  it('recalls what has not begun, which goes on when it is published again (CP-05)', () => {
    let recalled = 0;
    for (let seed = 1; seed <= 20; seed++) {
      const loop = started({ flocks: () => [net, dns], seed });
      loop.run(() => loop.of('NodeDispatched').some(({ node }) => nameOf(node) === 'dns.zone'));
      loop.withdraw('target', 'net');
      const withdrawn = loop.events.length;
      loop.run();
      const began = loop.of('OperationStarted').some(({ node }) => nameOf(node) === 'dns.zone');
      if (!began) {
        recalled++;
        expect(recalledOf(loop)).toContain('dns.zone');
        expect(loop.carriedOut).toEqual(['net.vcn', 'net.ready']);
      }
      expect(loop.of('CapabilityPublished').filter(({ at }) => at > withdrawn)).toEqual([]);
      loop.publish('target', 'net');
      loop.run();
      expect(loop.carriedOut).toEqual(['net.vcn', 'net.ready', 'dns.zone', 'dns.record']);
      expect(loop.state).toBe('Production');
    }
    expect(recalled).toBeGreaterThan(0);
  });

  it('recalls what was being dispatched at that moment', () => {
    let recalled = 0;
    for (let seed = 1; seed <= 20; seed++) {
      const loop = started({ flocks: () => [net, dns], seed });
      loop.run(() => loop.underWay.some((key) => key.startsWith('dispatch:') && key.includes('zone')));
      loop.withdraw('target', 'net');
      loop.run();
      const began = loop.of('OperationStarted').some(({ node }) => nameOf(node) === 'dns.zone');
      if (!began) recalled++;
      expect(recalledOf(loop)).toEqual(began ? [] : ['dns.zone']);
      loop.publish('target', 'net');
      loop.run();
      expect(loop.state).toBe('Production');
    }
    expect(recalled).toBeGreaterThan(0);
  });

  it('blocks what waits for it', () => {
    const loop = started({ flocks: () => [net, dns] });
    loop.run(() => loop.isAvailable('target', 'net'));
    loop.withdraw('target', 'net');
    loop.run();
    expect(loop.carriedOut).toEqual(['net.vcn', 'net.ready']);
    expect(loop.lastBuild!.status).toBe('open');
  });
});

describe('what people decide', () => {
  it('Paused: nothing is sent, dispatched or begun until it ends', () => {
    const loop = inProduction({ flocks: ({ edition }) => [flock('app', { vm: { value: edition } })] });
    loop.autoBuild(true);
    loop.edit();
    loop.run(() => loop.of('BuildOpened').length === 2);
    loop.setState('Paused');
    loop.run();
    expect(loop.of('ReleaseSent')).toHaveLength(1);
    expect(loop.lastBuild!.status).toBe('open');
    loop.setState('Production');
    loop.run();
    expect(loop.carriedOut).toEqual(['app.vm', 'app.vm']);
    expect(loop.lastBuild!.status).toBe('completed');
  });

  it('a hold: the build opens and merges, and nothing goes out until it is lifted', () => {
    const loop = new PureLoop({ flocks: () => [net] });
    loop.hold(true);
    loop.open();
    loop.run();
    expect(loop.of('ReleaseSent')).toEqual([]);
    expect(loop.lastBuild!.status).toBe('open');
    loop.hold(false);
    loop.run();
    expect(loop.state).toBe('Production');
  });

  it('a hold is not lifted by a plan that was made before it', () => {
    for (let seed = 1; seed <= 20; seed++) {
      const loop = started({ flocks: ({ edition }) => [flock('app', { vm: { value: edition } })], seed });
      loop.edit();
      for (let n = 0; n < seed; n++) loop.step();
      loop.hold(true);
      const held = loop.events.length;
      const inFlight = 2;
      loop.run();
      expect(loop.of('NodeDispatched').filter(({ at }) => at > held).length).toBeLessThanOrEqual(inFlight);
      if (loop.unfinished.length > 0) expect(loop.lastBuild!.status).toBe('open');
      loop.hold(false);
      loop.run();
      expect(loop.unfinished).toEqual([]);
    }
  });

  it('cancelling recalls what has not begun, lets the rest finish and keeps the state', () => {
    const loop = started({ flocks: () => [net, dns, flock('app', { vm: {}, disk: { after: ['vm'] } })] });
    loop.run(() => loop.of('OperationStarted').length > 0);
    loop.cancel();
    const cancelled = loop.events.length;
    loop.run();
    const begun = loop
      .of('OperationStarted')
      .filter(({ at }) => at < cancelled)
      .map(({ node }) => node);
    const finished = new Set(loop.of('OperationSucceeded').map(({ node }) => node));
    expect(begun.every((node) => finished.has(node))).toBe(true);
    expect(loop.due()).toEqual([]);
    expect(loop.state).toBe('Building');
    expect(loop.of('ReleaseCompleted')).toHaveLength(loop.of('ReleaseSent').length);
    loop.open();
    loop.run();
    expect(loop.state).toBe('Production');
    expect(new Set(loop.carriedOut).size).toBe(loop.carriedOut.length);
  });

  it('a failed node is tried again when a person says so', () => {
    const loop = started({ flocks: () => [net], failureRate: 0.85, seed: 3 });
    loop.finish();
    expect(loop.state).toBe('Production');
    expect(loop.of('OperationFailed').some(({ retryAt }) => retryAt === undefined)).toBe(true);
    const attempts = loop.of('OperationStarted').map(({ node, attempt }) => `${node} ${attempt}`);
    expect(new Set(attempts).size).toBe(attempts.length);
    for (const { to } of loop.of('NodeDispatched'))
      expect(to).toEqual({ region: 'sea', environment: 'target' });
  });
});

describe('builds that open by themselves (TR-08)', () => {
  const flocks: PureLoopOptions['flocks'] = ({ edition }) => [flock('app', { vm: { value: edition } })];

  it('do so where the policy says so, and not otherwise', () => {
    const loop = new PureLoop({ flocks });
    loop.run();
    expect(loop.of('BuildOpened')).toEqual([]);
    loop.autoBuild(true);
    loop.run();
    expect(kindsOfBuilds(loop)).toEqual(['first']);
    expect(loop.state).toBe('Production');
    loop.autoBuild(false);
    loop.edit();
    loop.run();
    expect(kindsOfBuilds(loop)).toEqual(['first']);
    loop.autoBuild(true);
    loop.run();
    expect(kindsOfBuilds(loop)).toEqual(['first', 'update']);
  });

  it('do not follow a transition of the region itself', () => {
    const loop = inProduction({
      flocks: ({ state, edition }) => [
        flock('app', { vm: { value: edition } }),
        ...(state === 'Paused' ? [net] : []),
      ],
    });
    loop.autoBuild(true);
    loop.setState('Paused');
    loop.run();
    loop.setState('Production');
    loop.run();
    expect(kindsOfBuilds(loop)).toEqual(['first']);
    loop.edit();
    loop.run();
    expect(kindsOfBuilds(loop)).toEqual(['first', 'update']);
  });

  it('follow each selection of versions, also at the same region data', () => {
    const loop = inProduction({ flocks });
    loop.autoBuild(true);
    for (let n = 0; n < 2; n++) {
      loop.versionsCompiled();
      loop.run();
    }
    expect(kindsOfBuilds(loop)).toEqual(['first', 'update', 'update']);
  });

  it('adopt what a region with a state has', () => {
    const loop = new PureLoop({
      flocks: () => [flock('dns', { zone: { needs: ['net'] } })],
      state: 'Building',
      capabilities: ['net', { name: 'cios-regional', environment: 'vibe' }],
    });
    loop.run();
    expect(loop.isAvailable('target', 'net')).toBe(true);
    expect(loop.isAvailable('vibe', 'cios-regional')).toBe(true);
    loop.open();
    loop.run();
    expect(loop.carriedOut).toEqual(['dns.zone']);
  });
});

describe('the law of sagas', () => {
  it('holds for what Regionals and capabilities say, in whatever order that comes', () => {
    const flocks = [
      flock('a', { one: {}, two: { after: ['one'] } }),
      flock('b', {
        one: { gives: { v: 1 } },
        two: { reads: { one: 'v' } },
        ready: { publishes: 'b', after: ['two'] },
      }),
      flock('c', { one: { needs: ['b'] } }),
    ];
    const loop = started({ flocks: () => flocks });
    loop.run();
    const { saga, streams } = afterwards(loop, loop.of('ReleaseSent')[1]!.at + 1);
    expect(streams.length).toBeGreaterThanOrEqual(3);
    const { interleavings } = checkSagaLaw(saga, streams, { blobs: loop.blobs, limit: 150 });
    expect(interleavings).toBeGreaterThan(20);
  });
});

/** The saga as it stands after so many events, and what Regionals and capabilities said afterwards, up to the next thing MFO did. */
function afterwards(
  loop: PureLoop,
  prefix: number,
): { saga: Saga<RegionBuild, never, RegionBuildCommand>; streams: RecordedEvent[][] } {
  const before = loop.events.slice(0, prefix);
  const streams = new Map<string, RecordedEvent[]>();
  for (const event of loop.events.slice(prefix)) {
    if (!/^(release|capabilities)-/.test(event.stream) || event.type === 'ReleaseSent') continue;
    if (event.stream.startsWith('release-') && !before.some((e) => e.stream === event.stream)) continue;
    streams.set(event.stream, [...(streams.get(event.stream) ?? []), event]);
  }
  const initial = (partition: string): RegionBuild => {
    let state = regionBuildSaga.initial(partition);
    for (const event of before) {
      if (!(regionBuildSaga.types as readonly string[]).includes(event.type)) continue;
      state = regionBuildSaga.evolve(state, event as never, loop.blobs);
    }
    return state;
  };
  // Instances that `*` concerns exist already.
  const saga = {
    ...regionBuildSaga,
    initial,
    partitions: () => [loop.region],
  } as unknown as Saga<RegionBuild, never, RegionBuildCommand>;
  return { saga, streams: [...streams.values()] };
}
