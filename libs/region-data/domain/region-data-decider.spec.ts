import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { isRefusal } from '#libs/kernel';
import { specification } from '#libs/kernel/testing';
import {
  regionStates,
  type RegionDataCommand,
  type RegionDataDocument,
  type RegionDataEvent,
  type RegionState,
} from '../contract/index.js';
import { documentOf, isLegalTransition, legalNextStates, regionDataDecider } from './index.js';

const spec = specification(regionDataDecider);
const ticket = { ticket: 'CHG-1' };

const realm = (name: string): RegionDataEvent => ({
  type: 'RealmAdded',
  data: { realm: name, attributes: { name } },
});
const region = (
  internal_name: string,
  more: { state?: RegionState; public_name?: string; realm?: string; ViBE_region?: string | null } = {},
): RegionDataEvent => {
  const {
    state = 'none',
    public_name = `us-${internal_name}-1`,
    realm = 'realm1',
    ViBE_region = null,
  } = more;
  return {
    type: 'RegionAdded',
    data: {
      region: internal_name,
      regions: { internal_name, public_name, realm, code: internal_name.toUpperCase() },
      all_regions: { name: public_name, realm, state, ViBE_region, target_available: ViBE_region === null },
    },
  };
};
const vibe = (id: string, host_region: string, target_region: string): RegionDataEvent => ({
  type: 'VibeAdded',
  data: { vibe: id, attributes: { id, host_region, target_region } },
});
const domain = (region: string, name: string): RegionDataEvent => ({
  type: 'AvailabilityDomainAdded',
  data: { region, name, attributes: { name, region, realm: 'realm1' } },
});
const changed = (from: RegionState, to: RegionState): RegionDataEvent => ({
  type: 'RegionStateChanged',
  data: { region: 'sea', from, to, cause: { by: 'mfo', build: 'b1' } },
});
const inState = (state: RegionState) => [realm('realm1'), region('sea', { state })];

describe('realms', () => {
  it('adds one, with its attributes', () => {
    spec
      .given()
      .when({ type: 'AddRealm', realm: 'realm1', attributes: { tier: 'gold' } }, ticket)
      .then({ type: 'RealmAdded', data: { realm: 'realm1', attributes: { tier: 'gold', name: 'realm1' } } });
  });
  it('refuses a duplicate, an identifier that is none, and another name', () => {
    spec.given(realm('realm1')).when({ type: 'AddRealm', realm: 'realm1' }, ticket).refused('realm/exists');
    spec.given().when({ type: 'AddRealm', realm: 'a b' }, ticket).refused('region-data/invalid-identifier');
    spec
      .given(realm('realm1'))
      .when({ type: 'EditRealm', realm: 'realm1', set: { name: 'x' } }, ticket)
      .refused('region-data/immutable-field');
  });
  it('edits only what differs', () => {
    const given = spec.given({
      type: 'RealmAdded',
      data: { realm: 'realm1', attributes: { name: 'realm1', a: 1, b: 2 } },
    });
    given
      .when({ type: 'EditRealm', realm: 'realm1', set: { a: 1, c: null }, unset: ['b', 'z'] }, ticket)
      .then({
        type: 'RealmEdited',
        data: {
          realm: 'realm1',
          changes: [
            { attribute: 'b', from: 2 },
            { attribute: 'c', to: null },
          ],
        },
      });
    given.when({ type: 'EditRealm', realm: 'realm1', set: { a: 1 } }).thenNothing();
  });
  it('is not removed while a region is in it, and says which (RD-10)', () => {
    const refusal = spec
      .given(realm('realm1'), region('sea'))
      .when({ type: 'RemoveRealm', realm: 'realm1' }, ticket)
      .refused('realm/in-use');
    expect(refusal.details).toEqual({ dependants: ['region "us-sea-1"'] });
    spec
      .given(realm('realm1'))
      .when({ type: 'RemoveRealm', realm: 'realm1' }, ticket)
      .then({ type: 'RealmRemoved', data: { realm: 'realm1' } });
    spec.given().when({ type: 'RemoveRealm', realm: 'realm1' }).thenNothing();
  });
});

describe('adding a region', () => {
  it('begins in none, with `code` in `regions` and the rest in `all_regions`', () => {
    spec
      .given(realm('realm1'))
      .when(
        {
          type: 'AddRegion',
          region: 'sea',
          public_name: 'us-seattle-1',
          realm: 'realm1',
          attributes: { code: 'SEA', dns_suffix: 'example.com' },
          notes: 'first',
        },
        ticket,
      )
      .then({
        type: 'RegionAdded',
        data: {
          region: 'sea',
          regions: { internal_name: 'sea', public_name: 'us-seattle-1', realm: 'realm1', code: 'SEA' },
          all_regions: {
            name: 'us-seattle-1',
            realm: 'realm1',
            state: 'none',
            ViBE_region: null,
            target_available: true,
            dns_suffix: 'example.com',
          },
          notes: 'first',
        },
      });
  });
  it('adds its ViBE together with it, and the target is not available then', () => {
    spec
      .given(realm('realm1'), region('iad'))
      .when({ type: 'AddRegion', region: 'sea', realm: 'realm1', vibe: { host_region: 'us-iad-1' } }, ticket)
      .then(
        {
          type: 'RegionAdded',
          data: {
            region: 'sea',
            regions: { internal_name: 'sea', public_name: 'sea', realm: 'realm1' },
            all_regions: {
              name: 'sea',
              realm: 'realm1',
              state: 'none',
              ViBE_region: 'sea-vibe',
              target_available: false,
            },
          },
        },
        {
          type: 'VibeAdded',
          data: {
            vibe: 'sea-vibe',
            attributes: { id: 'sea-vibe', host_region: 'us-iad-1', target_region: 'sea' },
          },
        },
      );
  });
  it('refuses names that are taken in either way (RD-09)', () => {
    const given = spec.given(realm('realm1'), region('sea'));
    given.when({ type: 'AddRegion', region: 'sea', realm: 'realm1' }, ticket).refused('region/exists');
    given.when({ type: 'AddRegion', region: 'us-sea-1', realm: 'realm1' }, ticket).refused('region/exists');
    given
      .when({ type: 'AddRegion', region: 'x', public_name: 'us-sea-1', realm: 'realm1' }, ticket)
      .refused('region/exists');
    given
      .when({ type: 'AddRegion', region: 'x', public_name: 'sea', realm: 'realm1' }, ticket)
      .refused('region/exists');
  });
  it('refuses bad names, unknown realms and hosts, and a state', () => {
    const given = spec.given(realm('realm1'));
    given
      .when({ type: 'AddRegion', region: 'sea/1', realm: 'realm1' }, ticket)
      .refused('region-data/invalid-identifier');
    given.when({ type: 'AddRegion', region: 'sea', realm: 'realm9' }, ticket).refused('realm/unknown');
    given
      .when({ type: 'AddRegion', region: 'sea', realm: 'realm1', vibe: { host_region: 'mars' } }, ticket)
      .refused('region/unknown');
    given
      .when({ type: 'AddRegion', region: 'sea', realm: 'realm1', vibe: { host_region: 'sea' } }, ticket)
      .refused('vibe/hosts-itself');
    given
      .when({ type: 'AddRegion', region: 'sea', realm: 'realm1', attributes: { state: 'Building' } }, ticket)
      .refused('region/state-by-transition');
  });
});

describe('editing a region', () => {
  const given = spec.given(realm('realm1'), realm('realm2'), region('iad'), region('sea'));
  it('writes an attribute in each set where the region has it, a new one into all_regions', () => {
    given.when({ type: 'EditRegion', region: 'us-sea-1', set: { code: 'S', dns_suffix: 'x' } }, ticket).then({
      type: 'RegionEdited',
      data: {
        region: 'sea',
        changes: [
          { set: 'regions', attribute: 'code', from: 'SEA', to: 'S' },
          { set: 'all_regions', attribute: 'dns_suffix', to: 'x' },
        ],
      },
    });
  });
  it('keeps notes beside the data', () => {
    given
      .when({ type: 'EditRegion', region: 'sea', notes: '<b>hello</b>' }, ticket)
      .then({ type: 'RegionEdited', data: { region: 'sea', changes: [], notes: '<b>hello</b>' } });
    given
      .when({ type: 'EditRegion', region: 'sea', notes: 'x'.repeat(20_000) }, ticket)
      .refused('region-data/notes-too-long');
  });
  it('refuses what an edit cannot change', () => {
    given
      .when({ type: 'EditRegion', region: 'sea', set: { internal_name: 'x' } }, ticket)
      .refused('region-data/immutable-field');
    given
      .when({ type: 'EditRegion', region: 'sea', set: { realm: 'realm2' } }, ticket)
      .refused('region-data/immutable-field');
    given
      .when({ type: 'EditRegion', region: 'sea', set: { state: 'Building' } }, ticket)
      .refused('region/state-by-transition');
    given
      .when({ type: 'EditRegion', region: 'sea', set: { 'a b': 1 } }, ticket)
      .refused('region-data/invalid-attribute-name');
    given
      .when({ type: 'EditRegion', region: 'sea', set: { target_available: 'yes' } }, ticket)
      .refused('region-data/wrong-type');
    given
      .when({ type: 'EditRegion', region: 'sea', unset: ['realm'] }, ticket)
      .refused('region-data/immutable-field');
    given.when({ type: 'EditRegion', region: 'nowhere', set: { a: 1 } }, ticket).refused('region/unknown');
  });
  it('asks people for a ticket, unless the policy does not (FEATURES, contradictions)', () => {
    const command: RegionDataCommand = { type: 'EditRegion', region: 'sea', set: { a: 1 } };
    given.when(command).refused('region-data/ticket-required');
    given.when({ ...command, set: { code: 'SEA' } }).thenNothing();
    const lenient = spec.given(realm('realm1'), region('sea'), {
      type: 'FieldPolicyChanged',
      data: { policy: { immutable: ['code'], required: ['marketplace'], types: { size: 'number' } } },
    });
    lenient.when({ ...command, set: { marketplace: 'm' } }).then({
      type: 'RegionEdited',
      data: { region: 'sea', changes: [{ set: 'all_regions', attribute: 'marketplace', to: 'm' }] },
    });
    lenient.when({ ...command, set: { a: 1 } }).refused('region-data/field-required');
    lenient.when({ ...command, set: { code: 'x', marketplace: 'm' } }).refused('region-data/immutable-field');
    lenient.when({ ...command, set: { size: 'big', marketplace: 'm' } }).refused('region-data/wrong-type');
  });
  it('says who updated disaster-recovery information, and when (RD-08)', () => {
    const set = { disaster_recovery: { url: 'https://example.com/dr', updated_by: 'forged' } };
    given.when({ type: 'EditRegion', region: 'sea', set }, { ...ticket, actor: 'ada' }).then({
      type: 'RegionEdited',
      data: {
        region: 'sea',
        changes: [
          {
            set: 'all_regions',
            attribute: 'disaster_recovery',
            to: {
              url: 'https://example.com/dr',
              updated_by: 'ada',
              updated_at: '2026-01-01T00:00:00.000Z',
            },
          },
        ],
      },
    });
  });
  it('honours If-Match by the revision that last touched the region', () => {
    given
      .when({ type: 'EditRegion', region: 'sea', set: { a: 1 }, ifMatch: '2' }, ticket)
      .refused('region-data/revision-mismatch');
    expect(
      isRefusal(
        given.when({ type: 'EditRegion', region: 'sea', set: { a: 1 }, ifMatch: '3' }, ticket).outcome,
      ),
    ).toBe(false);
  });
  it('sets a ViBE only if it builds this region, and takes the target away then', () => {
    const withVibes = spec.given(
      realm('realm1'),
      region('iad'),
      region('sea'),
      vibe('v1', 'iad', 'us-sea-1'),
      vibe('v2', 'sea', 'iad'),
    );
    withVibes.when({ type: 'EditRegion', region: 'sea', set: { ViBE_region: 'v1' } }, ticket).then({
      type: 'RegionEdited',
      data: {
        region: 'sea',
        changes: [
          { set: 'all_regions', attribute: 'target_available', from: true, to: false },
          { set: 'all_regions', attribute: 'ViBE_region', from: null, to: 'v1' },
        ],
      },
    });
    withVibes
      .when({ type: 'EditRegion', region: 'sea', set: { ViBE_region: 'v2' } }, ticket)
      .refused('region/vibe-of-another-region');
    withVibes
      .when({ type: 'EditRegion', region: 'sea', set: { ViBE_region: 'v3' } }, ticket)
      .refused('vibe/unknown');
  });
  it('renames in both sets and in what refers to the region by that name (RD-05)', () => {
    const facts = { resources: [] };
    const set = { public_name: 'us-tacoma-1' };
    spec
      .given(
        realm('realm1'),
        region('iad'),
        region('sea'),
        vibe('v1', 'iad', 'us-sea-1'),
        domain('sea', 'ad1'),
      )
      .when({ type: 'EditRegion', region: 'sea', set, facts }, ticket)
      .then(
        {
          type: 'RegionEdited',
          data: {
            region: 'sea',
            changes: [
              { set: 'regions', attribute: 'public_name', from: 'us-sea-1', to: 'us-tacoma-1' },
              { set: 'all_regions', attribute: 'name', from: 'us-sea-1', to: 'us-tacoma-1' },
            ],
          },
        },
        {
          type: 'VibeEdited',
          data: {
            vibe: 'v1',
            changes: [{ attribute: 'target_region', from: 'us-sea-1', to: 'us-tacoma-1' }],
          },
        },
      );
    given.when({ type: 'EditRegion', region: 'sea', set }, ticket).refused('region/public-name-fixed');
    given
      .when({ type: 'EditRegion', region: 'sea', set, facts: { resources: ['dns'] } }, ticket)
      .refused('region/public-name-fixed');
    given
      .when({ type: 'EditRegion', region: 'sea', set: { public_name: 'us-iad-1' }, facts }, ticket)
      .refused('region/exists');
    spec
      .given(...inState('Building'))
      .when({ type: 'EditRegion', region: 'sea', set, facts }, ticket)
      .refused('region/public-name-fixed');
  });
  it('names a baseline once, where the region was adopted as built', () => {
    const set = { baseline: 'nightly@3' };
    const adopted = spec.given(...inState('Production'));
    adopted.when({ type: 'EditRegion', region: 'sea', set }, ticket).then({
      type: 'RegionEdited',
      data: { region: 'sea', changes: [{ set: 'all_regions', attribute: 'baseline', to: 'nightly@3' }] },
    });
    adopted
      .when({ type: 'EditRegion', region: 'sea', set: { baseline: 'nightly' } }, ticket)
      .refused('region/invalid-baseline');
    given.when({ type: 'EditRegion', region: 'sea', set }, ticket).refused('region/no-baseline');
    spec
      .given(...inState('Production'), {
        type: 'RegionEdited',
        data: { region: 'sea', changes: [{ set: 'all_regions', attribute: 'baseline', to: 'nightly@2' }] },
      })
      .when({ type: 'EditRegion', region: 'sea', set }, ticket)
      .refused('region/baseline-fixed');
  });
});

describe('removing a region', () => {
  const facts = { resources: [] };
  it('is refused while others refer to it, with the list of them', () => {
    const refusal = spec
      .given(
        realm('realm1'),
        region('iad'),
        region('sea'),
        vibe('v1', 'us-iad-1', 'sea'),
        domain('sea', 'ad1'),
        { type: 'SubsetDefined', data: { subset: 'west', entries: ['us-sea-1'] } },
      )
      .when({ type: 'RemoveRegion', region: 'sea', facts }, ticket)
      .refused('region/in-use');
    expect(refusal.details?.['dependants']).toEqual([
      'ViBE "v1"',
      'availability domain "ad1"',
      'subset "west"',
    ]);
  });
  it('is refused while it has resources, or has left none', () => {
    const given = spec.given(...inState('none'));
    given
      .when({ type: 'RemoveRegion', region: 'sea', facts }, ticket)
      .then({ type: 'RegionRemoved', data: { region: 'sea' } });
    given.when({ type: 'RemoveRegion', region: 'sea' }, ticket).refused('region/has-resources');
    given
      .when({ type: 'RemoveRegion', region: 'sea', facts: { resources: ['dns'] } }, ticket)
      .refused('region/has-resources');
    spec
      .given(...inState('Building'))
      .when({ type: 'RemoveRegion', region: 'sea', facts }, ticket)
      .refused('region/not-removable');
  });
});

describe('states (FIG. 7)', () => {
  const user = { by: 'user' } as const;
  it('turns to Building by the orchestrator alone (ST-02)', () => {
    const given = spec.given(...inState('none'));
    given
      .when({ type: 'ChangeRegionState', region: 'sea', to: 'Building', cause: { by: 'mfo', build: 'b1' } })
      .then({
        type: 'RegionStateChanged',
        data: { region: 'sea', from: 'none', to: 'Building', cause: { by: 'mfo', build: 'b1' } },
      });
    given
      .when({ type: 'ChangeRegionState', region: 'sea', to: 'Building', cause: user }, ticket)
      .refused('region/illegal-trigger');
  });
  it('cancels the registration, accepts `initial`, and turns autoBuild off (ST-03)', () => {
    spec
      .given(...inState('Building'), {
        type: 'RegionPolicyChanged',
        data: { region: 'sea', policy: { autoBuild: true } },
      })
      .when({ type: 'ChangeRegionState', region: 'sea', to: 'initial', cause: user }, ticket)
      .then(
        { type: 'RegionStateChanged', data: { region: 'sea', from: 'Building', to: 'none', cause: user } },
        { type: 'RegionPolicyChanged', data: { region: 'sea', policy: { autoBuild: false } } },
      );
  });
  it('lets the orchestrator set Production unless a later revision touched the region', () => {
    const given = spec.given(
      realm('realm1'),
      region('sea'),
      region('iad'),
      changed('none', 'Building'),
      { type: 'RegionEdited', data: { region: 'iad', changes: [{ set: 'regions', attribute: 'x', to: 1 }] } },
      { type: 'RegionEdited', data: { region: 'sea', changes: [], notes: 'a note is no change of data' } },
    );
    const to = (covers?: string): RegionDataCommand => ({
      type: 'ChangeRegionState',
      region: 'sea',
      to: 'Production',
      cause: { by: 'mfo', build: 'b1', ...(covers && { covers }) },
    });
    given.when(to('2')).refused('region/superseded');
    given.when(to()).refused('region/covers-required');
    given.when(to('3')).then({
      type: 'RegionStateChanged',
      data: {
        region: 'sea',
        from: 'Building',
        to: 'Production',
        cause: { by: 'mfo', build: 'b1', covers: '3' },
      },
    });
    spec
      .given(...inState('Production'))
      .when(to('1'))
      .thenNothing();
  });
  it.each<[string, RegionDataEvent]>([
    ['an availability domain', domain('sea', 'ad1')],
    ['its ViBE', vibe('v', 'iad', 'us-sea-1')],
    [
      'an execution target',
      {
        type: 'ExecutionTargetAdded',
        data: {
          region: 'sea',
          name: 'et1',
          attributes: { name: 'et1', region: 'sea', availability_domain: null },
        },
      },
    ],
  ])('counts %s among the region’s own entities', (_, event) => {
    spec
      .given(realm('realm1'), region('iad'), region('sea'), changed('none', 'Building'), event)
      .when({
        type: 'ChangeRegionState',
        region: 'sea',
        to: 'Production',
        cause: { by: 'mfo', build: 'b', covers: '3' },
      })
      .refused('region/superseded');
  });
  it('offers Production to a user only when everything is bootstrapped, and names what is not (ST-05)', () => {
    const given = spec.given(...inState('Building'));
    const command = { type: 'ChangeRegionState', region: 'sea', to: 'Production', cause: user } as const;
    const refusal = given
      .when({ ...command, facts: { missingFlocks: ['dns'] } }, ticket)
      .refused('region/not-bootstrapped');
    expect(refusal.details).toEqual({ missing: ['dns'] });
    given.when(command, ticket).refused('region/not-bootstrapped');
    given.when({ ...command, facts: { missingFlocks: [] } }, ticket).then({
      type: 'RegionStateChanged',
      data: { region: 'sea', from: 'Building', to: 'Production', cause: user },
    });
  });
  it('pauses by a user or an alarm (ST-06), resumes by a user (ST-07)', () => {
    const alarm = { by: 'alarm', alarm: 'dns-down' } as const;
    spec
      .given(...inState('Production'))
      .when({ type: 'ChangeRegionState', region: 'sea', to: 'Paused', cause: alarm })
      .then({
        type: 'RegionStateChanged',
        data: { region: 'sea', from: 'Production', to: 'Paused', cause: alarm },
      });
    const paused = spec.given(...inState('Paused'));
    paused
      .when({ type: 'ChangeRegionState', region: 'sea', to: 'Production', cause: alarm })
      .refused('region/illegal-trigger');
    paused.when({ type: 'ChangeRegionState', region: 'sea', to: 'Production', cause: user }, ticket).then({
      type: 'RegionStateChanged',
      data: { region: 'sea', from: 'Paused', to: 'Production', cause: user },
    });
  });
  it('deprecates from Paused only, for ever (ST-08, ST-09)', () => {
    const command = { type: 'ChangeRegionState', region: 'sea', to: 'Deprecated', cause: user } as const;
    for (const state of ['none', 'Building', 'Production'] as const)
      spec
        .given(...inState(state))
        .when(command, ticket)
        .refused('region/illegal-transition');
    spec
      .given(...inState('Paused'))
      .when(command, ticket)
      .then({
        type: 'RegionStateChanged',
        data: { region: 'sea', from: 'Paused', to: 'Deprecated', cause: user },
      });
    for (const to of ['none', 'Building', 'Production', 'Paused'] as const)
      spec
        .given(...inState('Deprecated'))
        .when({ ...command, to }, ticket)
        .refused('region/illegal-transition');
  });
  it('accepts only the five states, spelled exactly (ST-01)', () => {
    const refusal = spec
      .given(...inState('none'))
      .when({ type: 'ChangeRegionState', region: 'sea', to: 'building' as RegionState, cause: user }, ticket)
      .refused('region/unknown-state');
    expect(refusal.details).toEqual({ states: regionStates });
  });
  it('offers in each state what FIG. 7 has (UI-08)', () => {
    expect(regionStates.map((s) => [s, legalNextStates(s)])).toEqual([
      ['none', []],
      ['Building', ['none', 'Production']],
      ['Production', ['Paused']],
      ['Paused', ['Production', 'Deprecated']],
      ['Deprecated', []],
    ]);
  });
});

describe('availability domains, execution targets, ViBEs, subsets', () => {
  const given = spec.given(realm('realm1'), region('iad'), region('sea'), domain('sea', 'ad1'));
  it('stand in a region that exists, and in a domain of it (RD-01)', () => {
    given
      .when(
        { type: 'AddExecutionTarget', region: 'us-sea-1', name: 'et1', availability_domain: 'ad1' },
        ticket,
      )
      .then({
        type: 'ExecutionTargetAdded',
        data: {
          region: 'sea',
          name: 'et1',
          attributes: { name: 'et1', region: 'us-sea-1', availability_domain: 'ad1' },
        },
      });
    given
      .when({ type: 'AddExecutionTarget', region: 'sea', name: 'et1', availability_domain: 'ad9' }, ticket)
      .refused('availability-domain/unknown');
    given
      .when({ type: 'AddAvailabilityDomain', region: 'sea', name: 'ad1' }, ticket)
      .refused('availability-domain/exists');
    given
      .when({ type: 'AddAvailabilityDomain', region: 'mars', name: 'ad1' }, ticket)
      .refused('region/unknown');
  });
  it('of a domain that a target stands in, the removal is refused', () => {
    spec
      .given(realm('realm1'), region('sea'), domain('sea', 'ad1'), {
        type: 'ExecutionTargetAdded',
        data: {
          region: 'sea',
          name: 'et1',
          attributes: { name: 'et1', region: 'sea', availability_domain: 'ad1' },
        },
      })
      .when({ type: 'RemoveAvailabilityDomain', region: 'sea', name: 'ad1' }, ticket)
      .refused('availability-domain/in-use');
    given
      .when({ type: 'RemoveAvailabilityDomain', region: 'us-sea-1', name: 'ad1' }, ticket)
      .then({ type: 'AvailabilityDomainRemoved', data: { region: 'sea', name: 'ad1' } });
  });
  it('of a ViBE in use, the removal is refused', () => {
    spec
      .given(realm('realm1'), region('iad'), region('sea', { ViBE_region: 'v1' }), vibe('v1', 'iad', 'sea'))
      .when({ type: 'RemoveVibe', vibe: 'v1' }, ticket)
      .refused('vibe/in-use');
  });
  it('defines subsets under names that are free (RD-07)', () => {
    given
      .when({ type: 'DefineSubset', subset: 'gov_regions', entries: ['us-sea-1'] }, ticket)
      .then({ type: 'SubsetDefined', data: { subset: 'gov_regions', entries: ['us-sea-1'] } });
    given
      .when({ type: 'DefineSubset', subset: 'all_regions', entries: [] }, ticket)
      .refused('subset/reserved-name');
  });
});

describe('beside the data', () => {
  it('holds a build without a ticket, and lifts the hold', () => {
    spec
      .given(...inState('Building'))
      .when({ type: 'PlaceBuildHold', region: 'us-sea-1', reason: 'power work' })
      .then({ type: 'BuildHoldPlaced', data: { region: 'sea', reason: 'power work' } });
    spec
      .given(...inState('Building'), { type: 'BuildHoldPlaced', data: { region: 'sea', reason: 'x' } })
      .when({ type: 'LiftBuildHold', region: 'sea' })
      .then({ type: 'BuildHoldLifted', data: { region: 'sea' } });
    spec
      .given(...inState('Building'))
      .when({ type: 'LiftBuildHold', region: 'sea' })
      .thenNothing();
  });
  it('attaches a validation checklist and ticks it off in Production (ST-11)', () => {
    const items = [{ id: 'dns', text: 'names resolve' }];
    spec
      .given(...inState('Building'))
      .when({ type: 'AttachValidationChecklist', region: 'sea', items })
      .then({ type: 'ValidationChecklistAttached', data: { region: 'sea', items } });
    const attached: RegionDataEvent = { type: 'ValidationChecklistAttached', data: { region: 'sea', items } };
    const tick = { type: 'TickValidationItem', region: 'sea', item: 'dns', passed: true } as const;
    spec
      .given(...inState('Production'), attached)
      .when(tick)
      .then({ type: 'ValidationItemTicked', data: { region: 'sea', item: 'dns', passed: true } });
    spec
      .given(...inState('Building'), attached)
      .when(tick)
      .refused('region/not-in-production');
  });
});

describe('import', () => {
  const document: RegionDataDocument = {
    realms: [{ name: 'realm1' }, { name: 'realm2' }],
    regions: [
      { internal_name: 'iad', public_name: 'us-iad-1', realm: 'realm1' },
      { internal_name: 'sea', public_name: 'us-sea-1', realm: 'realm1' },
    ],
    all_regions: [
      { name: 'us-iad-1', realm: 'realm1', state: 'Production', ViBE_region: null, target_available: true },
      { name: 'us-sea-1', realm: 'realm1', state: 'none', ViBE_region: 'v1', target_available: false },
    ],
    vibes: [{ id: 'v1', host_region: 'us-iad-1', target_region: 'us-sea-1' }],
    availability_domains: [{ name: 'ad1', region: 'us-sea-1', realm: 'realm1' }],
    execution_targets: [{ name: 'et1', region: 'us-sea-1', availability_domain: 'ad1' }],
    subsets: { west: ['us-sea-1'] },
  };
  const command = { type: 'ImportRegionData', document, defaulted: {}, mayAdopt: true } as const;
  const imported = () => spec.given().when(command).outcome as RegionDataEvent[];

  it('fills an empty installation, in one go and without a ticket', () => {
    expect(imported().map((e) => e.type)).toEqual([
      'RealmAdded',
      'RealmAdded',
      'RegionAdded',
      'RegionAdded',
      'VibeAdded',
      'AvailabilityDomainAdded',
      'ExecutionTargetAdded',
      'SubsetDefined',
    ]);
    expect(documentOf(spec.given(...imported()).state)).toEqual(document);
  });
  it('is nothing the second time, and only the difference after a change', () => {
    spec
      .given(...imported())
      .when(command)
      .thenNothing();
    spec
      .given(...imported())
      .when({ ...command, document: { ...document, realms: [{ name: 'realm1', tier: 1 }] } }, ticket)
      .then({ type: 'RealmEdited', data: { realm: 'realm1', changes: [{ attribute: 'tier', to: 1 }] } });
  });
  it('adopts a region with a state only for an admin', () => {
    spec
      .given()
      .when({ ...command, mayAdopt: false })
      .refused('region/adoption-forbidden');
  });
  it('changes no state, but keeps one that the file leaves out', () => {
    const all_regions = document.all_regions.map((r) => ({ ...r, state: 'none' as const }));
    const without = { ...command, document: { ...document, all_regions } };
    spec
      .given(...imported())
      .when(without, ticket)
      .refused('region/state-by-transition');
    spec
      .given(...imported())
      .when({ ...without, defaulted: { iad: ['state'] } }, ticket)
      .thenNothing();
  });
  it('refuses references to nothing, whole', () => {
    const vibes = [{ id: 'v1', host_region: 'us-mars-1', target_region: 'us-sea-1' }];
    spec
      .given()
      .when({ ...command, document: { ...document, vibes } })
      .refused('region/unknown');
    const subsets = { regions: [] };
    spec
      .given()
      .when({ ...command, document: { ...document, subsets } })
      .refused('subset/reserved-name');
  });
  it('commits a staged list only where it was compared with the head', () => {
    const staged = { type: 'CommitStagedImport', stream: 's', count: 3, digest: 'd', base: '-1' } as const;
    spec
      .given()
      .when(staged)
      .then({ type: 'RegionDataImported', data: { stream: 's', count: 3, digest: 'd' } });
    spec.given(realm('realm1')).when(staged, ticket).refused('region-data/moved');
  });
});

describe('laws', () => {
  const states = fc.constantFrom(...regionStates);
  const causes = fc.oneof(
    fc.constant({ by: 'user' } as const),
    fc.record({ by: fc.constant('mfo' as const), build: fc.constant('b'), covers: fc.constant('1000') }),
    fc.constant({ by: 'alarm', alarm: 'a' } as const),
    fc.constant({ by: 'import' } as const),
  );
  const regionNames = fc.constantFrom('sea', 'iad', 'us-sea-1');
  const facts = fc.record({ missingFlocks: fc.constant([]), resources: fc.constant([]) });
  const commands: fc.Arbitrary<RegionDataCommand> = fc.oneof(
    fc.record({
      type: fc.constant('ChangeRegionState' as const),
      region: regionNames,
      to: states,
      cause: causes,
      facts,
    }),
    fc.record({ type: fc.constant('AddRegion' as const), region: regionNames, realm: fc.constant('realm1') }),
    fc.record({ type: fc.constant('RemoveRegion' as const), region: regionNames, facts }),
    fc.record({
      type: fc.constant('EditRegion' as const),
      region: regionNames,
      facts,
      set: fc.dictionary(
        fc.constantFrom('state', 'public_name', 'name', 'a', 'code', 'target_available'),
        fc.oneof(states, fc.boolean()),
      ),
    }),
    fc.record({
      type: fc.constant('SetRegionPolicy' as const),
      region: regionNames,
      policy: fc.record({ autoBuild: fc.boolean() }),
    }),
    fc.record({
      type: fc.constant('ImportRegionData' as const),
      defaulted: fc.constant({}),
      mayAdopt: fc.constant(false),
      document: states.map((state) => ({
        realms: [{ name: 'realm1' }],
        regions: [],
        all_regions: [{ name: 'sea', realm: 'realm1', state, ViBE_region: null, target_available: true }],
        vibes: [],
        availability_domains: [],
        execution_targets: [],
        subsets: {},
      })),
    }),
  );

  it('no sequence of commands yields an edge outside FIG. 7, and each outcome folds (ST-14)', () => {
    fc.assert(
      fc.property(fc.array(commands, { maxLength: 40 }), (sequence) => {
        let state = spec.given(realm('realm1')).state;
        for (const command of sequence) {
          const outcome = regionDataDecider.decide(command, state, {
            commandId: 'c',
            actor: 'a',
            occurredAt: '2026-01-01T00:00:00.000Z',
            correlationId: 'c',
            ticket: 'CHG-1',
          });
          if (isRefusal(outcome)) continue;
          const before = state;
          for (const event of outcome) {
            if (event.type === 'RegionStateChanged') {
              const now = state.regions.get(event.data.region)!.all_regions.state;
              expect(event.data.from).toBe(now);
              expect(isLegalTransition(now, event.data.to)).toBe(true);
            }
            if (event.type === 'RegionAdded') expect(event.data.all_regions['state']).toBe('none');
            if (event.type === 'RegionEdited')
              expect(event.data.changes.map((c) => c.attribute)).not.toContain('state');
            state = regionDataDecider.evolve(state, event);
          }
          expect(state.revision).toBe(before.revision + BigInt(outcome.length));
          for (const [name, record] of state.regions) {
            expect(regionStates).toContain(record.all_regions.state);
            expect(state.publicNames.get(record.all_regions.name)).toBe(name);
            expect(record.regions.public_name).toBe(record.all_regions.name);
          }
          expect(state.publicNames.size).toBe(state.regions.size);
        }
      }),
      { numRuns: 200 },
    );
  });
});
