import {
  type FlockCatalogue,
  type FlockVersion,
  type VersionSelection,
  type VersionSetRef,
} from '#libs/flocks/contract';
import { type RegionVersions } from '../contract/index.js';
import { parseFlock } from '../domain/parse-flock.js';
import { type ParsedFlock } from '../domain/parsed-flock.js';
import { flockKey, selectedVersions } from '../domain/selected-versions.js';
import { type FlockInUse, type LoadedVersions } from './fleet-compiler.js';

/** Parsed flock versions that stay in memory. */
const keptFlocks = 4_000;
const keptSelections = 64;

/**
 * Loads what is selected: parses each flock version once (by digest), and looks each artifact up once. The same selection is
 * answered with the same object.
 */
export class VersionLoader {
  private readonly flocks = new Map<string, Promise<ParsedFlock>>();
  private readonly loaded = new Map<string, Promise<LoadedVersions>>();

  constructor(private readonly catalogue: FlockCatalogue) {}

  /** What a region uses: pins, then the sets that it has adopted, then the installation's. */
  load(
    selection: VersionSelection,
    adopted: RegionVersions = { target: null, vibe: null },
  ): Promise<LoadedVersions> {
    const target = adopted.target ?? selection.golden;
    const vibe =
      adopted.vibe ?? (adopted.target === null ? (selection.vibe ?? selection.golden) : adopted.target);
    const key = [nameOf(target), nameOf(vibe), String(selection.position)].join(' ');
    let loading = this.loaded.get(key);
    if (loading === undefined) {
      loading = this.read(target, vibe, selection);
      this.loaded.set(key, loading);
      loading.catch(() => this.loaded.delete(key));
      if (this.loaded.size > keptSelections) this.loaded.delete(this.loaded.keys().next().value!);
    }
    return loading;
  }

  /** Null where the version does not exist. */
  async parsed(flock: string, version: string): Promise<ParsedFlock | null> {
    const found = await this.catalogue.version(flock, version);
    return found === null ? null : this.parse(found);
  }

  private async read(
    targetRef: VersionSetRef | null,
    vibeRef: VersionSetRef | null,
    { pins }: VersionSelection,
  ): Promise<LoadedVersions> {
    const entriesOf = async (ref: VersionSetRef | null) =>
      ref === null ? null : this.catalogue.entries(ref);
    const [target, vibe] = await Promise.all([entriesOf(targetRef), entriesOf(vibeRef)]);
    const selected = selectedVersions({ target, vibe, pins });
    const flocks = new Map<string, FlockInUse>();
    const digests = new Map<string, string>();
    await Promise.all([
      ...selected.inUse().map(async ({ flock, version }) => {
        const key = flockKey(flock, version);
        const found = await this.catalogue.version(flock, version);
        if (found !== null) flocks.set(key, { key, flock, version, parsed: await this.parse(found) });
      }),
      ...[target, vibe].flatMap((set) =>
        Object.entries(set?.artifacts ?? {}).map(async ([id, version]) => {
          const at = id.indexOf('/');
          const found = await this.catalogue.artifact(id.slice(0, at), id.slice(at + 1), version);
          if (found !== null) digests.set(`${id}@${version}`, found.digest);
        }),
      ),
    ]);
    return {
      selected,
      flocks: new Map([...flocks].sort(([a], [b]) => (a < b ? -1 : 1))),
      artifact(flock, artifact, version) {
        const digest = digests.get(`${flock}/${artifact}@${version}`);
        return digest === undefined ? null : { digest };
      },
    };
  }

  private parse(version: FlockVersion): Promise<ParsedFlock> {
    const key = `${version.flock} ${version.digest}`;
    let parsing = this.flocks.get(key);
    if (parsing !== undefined) {
      this.flocks.delete(key);
      this.flocks.set(key, parsing);
      return parsing;
    }
    parsing = this.catalogue
      .files(version)
      .then((files) => parseFlock(files, { lenient: version.lenient, name: version.flock }));
    this.flocks.set(key, parsing);
    parsing.catch(() => this.flocks.delete(key));
    if (this.flocks.size > keptFlocks) this.flocks.delete(this.flocks.keys().next().value!);
    return parsing;
  }
}

const nameOf = (ref: VersionSetRef | null): string => (ref === null ? '-' : `${ref.set}@${ref.revision}`);
