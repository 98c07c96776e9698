import { describe, it } from '@jest/globals';
import { specification } from '#libs/kernel/testing';
import { type CapabilityCommand, type CapabilityEvent, type Publisher } from '../contract/index.js';
import { capabilitiesDecider } from './capabilities-decider.js';

const id = { region: 'sea', environment: 'target', name: 'dns/ready' } as const;
const by = (node: string): Publisher => ({
  kind: 'node',
  node,
  flock: 'dns',
  target: node,
  release: 'r',
  through: 'worker',
});
const publish = (node: string, publishers: string[], more: object = {}): CapabilityCommand => ({
  type: 'PublishCapability',
  ...id,
  publisher: by(node),
  partial: false,
  publishers,
  outputs: {},
  probeFailure: null,
  ...more,
});
const published = (node: string, publishers: string[]): CapabilityEvent => ({
  type: 'CapabilityPublished',
  data: { ...id, publisher: by(node), partial: false, publishers, outputs: {} },
});
const available: CapabilityEvent = { type: 'CapabilityBecameAvailable', data: { ...id, outputs: {} } };
const withdrawn: CapabilityEvent = { type: 'CapabilityWithdrawn', data: { ...id, reason: 'broken' } };
const capabilities = specification(capabilitiesDecider);

describe('capabilities of a region', () => {
  it('become available with their only publisher', () => {
    capabilities
      .given()
      .when(publish('a', ['a']))
      .then(published('a', ['a']), available);
  });

  it('wait for all publishers', () => {
    capabilities
      .given()
      .when(publish('a', ['a', 'b']))
      .then(published('a', ['a', 'b']));
    capabilities
      .given(published('a', ['a', 'b']))
      .when(publish('b', ['a', 'b']))
      .then(published('b', ['a', 'b']), available);
  });

  it('stay available when a target joins, and say nothing twice', () => {
    const before = [published('a', ['a']), available];
    capabilities
      .given(...before)
      .when(publish('a', ['a', 'c']))
      .thenNothing();
    capabilities
      .given(...before)
      .when(publish('c', ['a', 'c']))
      .then(published('c', ['a', 'c']));
  });

  it('are falsely published while their probe fails', () => {
    capabilities
      .given()
      .when(publish('a', ['a'], { probeFailure: 'no answer' }))
      .then({ type: 'CapabilityFalselyPublished', data: { ...id, publisher: by('a'), reason: 'no answer' } });
  });

  it('are withdrawn once, and published anew', () => {
    const withdraw: CapabilityCommand = { type: 'WithdrawCapability', ...id, reason: 'broken' };
    const before = [published('a', ['a']), available];
    capabilities.given().when(withdraw).refused('capability/unknown');
    capabilities
      .given(...before)
      .when(withdraw)
      .then(withdrawn);
    capabilities
      .given(...before, withdrawn)
      .when(withdraw)
      .thenNothing();
    capabilities
      .given(...before, withdrawn)
      .when(publish('a', ['a']))
      .then(published('a', ['a']), available);
  });

  it('are adopted with their region', () => {
    const adopt: CapabilityCommand = {
      type: 'AdoptCapabilities',
      region: 'sea',
      capabilities: [{ environment: 'target', name: 'dns/ready' }],
    };
    const adopted: CapabilityEvent = {
      type: 'CapabilityPublished',
      data: { ...id, publisher: { kind: 'adoption' }, partial: false, publishers: [], outputs: {} },
    };
    capabilities.given().when(adopt).then(adopted, available);
    capabilities.given(adopted, available).when(adopt).thenNothing();
  });
});
