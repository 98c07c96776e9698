import { type Json } from '#libs/kernel';
import { type AttributeChange, type RegionDataEvent } from './events.js';
import { type ChangedPath } from './region-data-history.js';
import { type Attributes, type RegionDataDocument } from './region-data.js';

/**
 * The paths of region data that an event touches, as evaluation reports reads; `before` is the document that it found. A path
 * below `local.region` or `local.realm` names the region whose evaluation it touches; one of a fleet-wide set, the region
 * whose entry changed. Membership of a list is the list's own path. Notes, holds, policies and checklists touch nothing.
 * O(size of the event), for a realm also O(regions).
 */
export function changedPathsOf(event: RegionDataEvent, before: RegionDataDocument): readonly ChangedPath[] {
  switch (event.type) {
    case 'RealmAdded':
      return [{ path: 'local.realms' }, ...realmPaths(before, event.data.realm, [''])];
    case 'RealmRemoved':
      return [{ path: 'local.realms' }];
    case 'RealmEdited': {
      const attributes = changedAttributes(event.data.changes);
      return [
        ...attributes.map((a) => ({ path: `local.realms[*]${a}` })),
        ...realmPaths(before, event.data.realm, attributes),
      ];
    }
    case 'RegionAdded':
      return [
        ...membership(event.data.region, 'regions', 'all_regions'),
        { path: 'local.region', region: event.data.region },
        { path: 'local.realm', region: event.data.region },
        ...realmMembers(before, event.data.all_regions['realm'] as string),
      ];
    case 'RegionRemoved': {
      const realm = realmOf(before, event.data.region);
      return [
        ...membership(event.data.region, 'regions', 'all_regions'),
        { path: 'local.region', region: event.data.region },
        ...(realm === undefined ? [] : realmMembers(before, realm)),
      ];
    }
    case 'RegionEdited': {
      const { region, changes } = event.data;
      const paths = changes.flatMap((change) =>
        changedAttributes([change]).flatMap((a) => [
          { path: `local.${change.set}[*]${a}`, region },
          { path: `local.region${a}`, region },
        ]),
      );
      const realm = changes.find((c) => c.set === 'all_regions' && c.attribute === 'realm');
      const renamed = changes.some((c) => c.attribute === 'public_name' || c.attribute === 'name');
      const now = realmOf(before, region);
      return distinct([
        ...paths,
        ...(realm ? [{ path: 'local.realm', region }, ...realmMembers(before, realm.to as string)] : []),
        ...((realm || renamed) && now !== undefined ? realmMembers(before, now) : []),
      ]);
    }
    case 'RegionStateChanged': {
      const { region, to } = event.data;
      if (to === 'Deprecated') return vanished(before, region);
      return [
        { path: 'local.all_regions[*].state', region },
        { path: 'local.region.state', region },
      ];
    }
    case 'VibeAdded':
    case 'VibeRemoved':
      return [{ path: 'local.vibes' }];
    case 'VibeEdited':
      return changedAttributes(event.data.changes).map((a) => ({ path: `local.vibes[*]${a}` }));
    case 'AvailabilityDomainAdded':
    case 'AvailabilityDomainRemoved':
      return membership(event.data.region, 'availability_domains');
    case 'AvailabilityDomainEdited':
      return entryPaths('availability_domains', event.data);
    case 'ExecutionTargetAdded':
    case 'ExecutionTargetRemoved':
      return membership(event.data.region, 'execution_targets');
    case 'ExecutionTargetEdited':
      return entryPaths('execution_targets', event.data);
    case 'SubsetDefined':
    case 'SubsetRemoved':
      return [{ path: `local.${event.data.subset}` }];
    case 'BuildHoldPlaced':
    case 'BuildHoldLifted':
    case 'RegionPolicyChanged':
    case 'FieldPolicyChanged':
    case 'ValidationChecklistAttached':
    case 'ValidationItemTicked':
    case 'RegionDataImported':
      return [];
  }
}

/** Each path once, in the order of first mention. */
export function distinct(paths: readonly ChangedPath[]): readonly ChangedPath[] {
  return [...new Map(paths.map((p) => [`${p.path}\n${p.region ?? ''}`, p])).values()];
}

/** `.dns.suffix` for every leaf that differs; a list, or a value of another kind, differs as a whole. */
function changedAttributes(changes: readonly AttributeChange[]): string[] {
  return changes.flatMap(({ attribute, from, to }) => differences(from, to, step(attribute)));
}

function differences(from: Json | undefined, to: Json | undefined, path: string): string[] {
  if (!isObject(from) || !isObject(to)) return JSON.stringify(from) === JSON.stringify(to) ? [] : [path];
  const keys = new Set([...Object.keys(from), ...Object.keys(to)]);
  const paths = [...keys].flatMap((key) => differences(from[key], to[key], path + step(key)));
  // Who iterates over the object sees a key come or go.
  return Object.keys(from).length === keys.size && Object.keys(to).length === keys.size
    ? paths
    : [path, ...paths];
}

/** As a traversal is written: `.key`, or `["any key"]` where that is no identifier. */
function step(key: string): string {
  return /^[\p{ID_Start}_][\p{ID_Continue}-]*$/u.test(key) ? `.${key}` : `[${JSON.stringify(key)}]`;
}

function isObject(value: Json | undefined): value is Attributes {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function membership(region: string, ...sets: string[]): ChangedPath[] {
  return sets.map((set) => ({ path: `local.${set}`, region }));
}

function entryPaths(
  set: string,
  data: { readonly region: string; readonly changes: readonly AttributeChange[] },
): ChangedPath[] {
  return changedAttributes(data.changes).map((a) => ({ path: `local.${set}[*]${a}`, region: data.region }));
}

function realmOf(document: RegionDataDocument, internalName: string): string | undefined {
  return document.regions.find((r) => r.internal_name === internalName)?.realm;
}

function realmPaths(
  document: RegionDataDocument,
  realm: string,
  attributes: readonly string[],
): ChangedPath[] {
  return document.regions
    .filter((r) => r.realm === realm)
    .flatMap((r) => attributes.map((a) => ({ path: `local.realm${a}`, region: r.internal_name })));
}

function realmMembers(document: RegionDataDocument, realm: string): ChangedPath[] {
  return [{ path: 'local.realms[*].regions' }, ...realmPaths(document, realm, ['.regions'])];
}

/** A deprecated region leaves every set, and whatever names it may change with it. */
function vanished(document: RegionDataDocument, region: string): ChangedPath[] {
  const realm = realmOf(document, region);
  return [
    ...membership(region, 'regions', 'all_regions', 'vibes', 'availability_domains', 'execution_targets'),
    ...Object.keys(document.subsets).map((subset) => ({ path: `local.${subset}` })),
    { path: 'local.region', region },
    ...(realm === undefined ? [] : realmMembers(document, realm)),
  ];
}
