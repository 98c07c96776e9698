import { CommandRequest, type CommandAnswer } from '#libs/kernel';
import { type VersionSetEntries, type VersionSetRef } from './events.js';

/** What others ask of flocks. Bytes come with the command, or (artifacts) are in the blob store already. */
export type FlockCommand =
  | {
      readonly type: 'PublishFlock';
      readonly flock: string;
      /** Without one: derived from the content. */
      readonly version?: string;
      readonly files: readonly { readonly path: string; readonly bytes: Uint8Array }[];
      readonly lenient?: boolean;
    }
  | {
      readonly type: 'PublishArtifact';
      readonly flock: string;
      readonly artifact: string;
      /** Without one: derived from the content. */
      readonly version?: string;
      readonly digest: string;
      readonly bytes: number;
    }
  | { readonly type: 'ReviseVersionSet'; readonly set: string; readonly entries: VersionSetEntries }
  | { readonly type: 'MoveGolden'; readonly to: VersionSetRef }
  | { readonly type: 'MoveVibeSet'; readonly to: VersionSetRef | null }
  | {
      readonly type: 'PinFlock';
      /** Either name. */
      readonly region: string;
      readonly environment: 'vibe' | 'target';
      readonly flock: string;
      readonly version: string;
    }
  | {
      readonly type: 'UnpinFlock';
      readonly region: string;
      readonly environment: 'vibe' | 'target';
      readonly flock: string;
    };

/** Sent over the command bus; carried out by the handler of the flocks context. */
export class FlockRequest extends CommandRequest<FlockCommand> {}

export interface FlockAnswer extends CommandAnswer {
  /** Of what was published: its version, given or derived, and its digest. */
  readonly version?: string;
  readonly digest?: string;
  /** Of a version set: its revision from now on. */
  readonly setRevision?: number;
}
