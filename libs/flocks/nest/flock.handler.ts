import { CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { BlobStore } from '#libs/blob-store';
import { Aggregates, type Executed } from '#libs/event-store';
import { type CommandContext, hasErrors, refuse, Refused } from '#libs/kernel';
import { RegionDataHistory } from '#libs/region-data/contract';
import {
  type FlockAnswer,
  FlockCatalogue,
  type FlockCommand,
  type FlockFile,
  FlockRequest,
  type VersionSetEntries,
} from '../contract/index.js';
import {
  artifactAggregate,
  describeFlock,
  filesDigest,
  flockAggregate,
  maximumConfigBytes,
  versionSelectionAggregate,
  versionSetAggregate,
} from '../domain/index.js';

/** Letters of a digest that make a version where none is given. */
const versionLength = 12;

type CommandOf<Type extends FlockCommand['type']> = Extract<FlockCommand, { readonly type: Type }>;

/** Brings the facts that deciders ask for, makes bytes durable, and then decides. */
@CommandHandler(FlockRequest)
export class FlockHandler implements ICommandHandler<FlockRequest, FlockAnswer> {
  constructor(
    private readonly aggregates: Aggregates,
    private readonly blobs: BlobStore,
    private readonly catalogue: FlockCatalogue,
    private readonly regions: RegionDataHistory,
  ) {}

  async execute({ command, context }: FlockRequest): Promise<FlockAnswer> {
    switch (command.type) {
      case 'PublishFlock':
        return this.publishFlock(command, context);
      case 'PublishArtifact':
        return this.publishArtifact(command, context);
      case 'ReviseVersionSet':
        return this.reviseSet(command, context);
      case 'MoveGolden':
      case 'MoveVibeSet': {
        const exists = command.to === null || (await this.catalogue.entries(command.to)) !== null;
        return answer(
          await this.aggregates.execute(versionSelectionAggregate, 'all', { ...command, exists }, context),
        );
      }
      case 'PinFlock':
      case 'UnpinFlock': {
        const region = await this.internalName(command.region);
        const place = { ...command, region: region ?? command.region };
        const decided =
          place.type === 'UnpinFlock'
            ? place
            : {
                ...place,
                regionExists: region !== undefined,
                exists: (await this.catalogue.version(place.flock, place.version)) !== null,
              };
        return answer(await this.aggregates.execute(versionSelectionAggregate, 'all', decided, context));
      }
    }
  }

  private async publishFlock(
    command: CommandOf<'PublishFlock'>,
    context: CommandContext,
  ): Promise<FlockAnswer> {
    const { flock, lenient = false } = command;
    const total = command.files.reduce((sum, f) => sum + f.bytes.byteLength, 0);
    if (total > maximumConfigBytes)
      throw new Refused(
        refuse(
          'flock/too-large',
          `flock ${flock} holds ${total} bytes of config; at most ${maximumConfigBytes} fit`,
          {
            fix: 'publish large files as artifacts: they are streamed and may have any size',
          },
        ),
      );
    const described = describeFlock(new Map(command.files.map((f) => [f.path, f.bytes])), { lenient });
    if (described.name !== null && described.name !== flock)
      throw new Refused(
        refuse('flock/invalid-name', `the files declare flock "${described.name}", not "${flock}"`, {
          fix: `publish them as ${described.name}, or change the label of the flock block`,
        }),
      );
    if (hasErrors(described.diagnostics)) {
      const first = described.diagnostics.find((d) => d.severity === 'error')!;
      const at = first.subject ? `${first.subject.filename}:${first.subject.start.line}: ` : '';
      throw new Refused(
        refuse('flock/invalid-config', `flock ${flock} cannot be read: ${at}${first.summary}`, {
          fix: first.detail,
          details: { diagnostics: described.diagnostics },
        }),
      );
    }
    const files = await Promise.all(
      command.files.map(async ({ path, bytes }): Promise<FlockFile> => ({
        path,
        bytes: bytes.byteLength,
        digest: await this.blobs.put(bytes),
      })),
    );
    const version = command.version ?? filesDigest(files).slice(0, versionLength);
    const executed = await this.aggregates.execute(
      flockAggregate,
      flock,
      {
        type: 'PublishFlockVersion',
        flock,
        version,
        files,
        lenient,
        owners: described.owners,
        artifacts: described.artifacts,
      },
      context,
    );
    return { ...answer(executed), version, digest: filesDigest(files) };
  }

  private async publishArtifact(
    command: CommandOf<'PublishArtifact'>,
    context: CommandContext,
  ): Promise<FlockAnswer> {
    const { flock, artifact, digest, bytes } = command;
    const version = command.version ?? digest.slice(0, versionLength);
    const executed = await this.aggregates.execute(
      artifactAggregate,
      `${flock}/${artifact}`,
      { type: 'PublishArtifactVersion', flock, artifact, version, digest, bytes },
      context,
    );
    return { ...answer(executed), version, digest };
  }

  private async reviseSet(
    { set, entries }: CommandOf<'ReviseVersionSet'>,
    context: CommandContext,
  ): Promise<FlockAnswer> {
    const facts = await this.factsOf(entries);
    await this.blobs.putJson(entries);
    const executed = await this.aggregates.execute(
      versionSetAggregate,
      set,
      { type: 'ReviseVersionSet', set, entries, facts },
      context,
    );
    const { state } = await this.aggregates.load(versionSetAggregate, set);
    return { ...answer(executed), setRevision: state.revision };
  }

  private async factsOf(
    entries: VersionSetEntries,
  ): Promise<{ readonly unknown: readonly string[]; readonly unnamed: readonly string[] }> {
    const unknown: string[] = [];
    const unnamed: string[] = [];
    await Promise.all([
      ...Object.entries(entries.flocks).map(async ([flock, version]) => {
        const found = await this.catalogue.version(flock, version);
        if (!found) unknown.push(`${flock}@${version}`);
        for (const artifact of found?.artifacts ?? [])
          if (!(`${flock}/${artifact}` in entries.artifacts)) unnamed.push(`${flock}/${artifact}`);
      }),
      ...Object.entries(entries.artifacts).map(async ([id, version]) => {
        const slash = id.indexOf('/');
        if (!(await this.catalogue.artifact(id.slice(0, slash), id.slice(slash + 1), version)))
          unknown.push(`${id}@${version}`);
      }),
    ]);
    return { unknown: unknown.sort(), unnamed: unnamed.sort() };
  }

  private async internalName(name: string): Promise<string | undefined> {
    const { document } = await this.regions.current();
    return document.regions.find((r) => r.internal_name === name || r.public_name === name)?.internal_name;
  }
}

const answer = ({ revision, position, repeated }: Executed): FlockAnswer => ({
  revision,
  position,
  repeated,
});
