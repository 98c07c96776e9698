import { type RecordedEvent } from '#libs/kernel';

type Data = Readonly<Record<string, unknown>>;

const named: Readonly<Record<string, (data: Data) => readonly unknown[]>> = {
  FlockVersionPublished: ({ files }) =>
    (files as readonly { readonly digest: string }[]).map((file) => file.digest),
  ArtifactVersionPublished: ({ digest }) => [digest],
  VersionSetRevised: ({ entries }) => [entries],
  RegionDataCompiled: ({ detail }) => [detail],
  VersionsCompiled: ({ detail }) => [detail],
  BuildGraphMerged: ({ graph }) => [graph],
  ReleaseSent: ({ content }) => [content],
  ReleasePlanned: ({ plan }) => [plan],
  NodeDispatched: ({ desired }) => [desired],
};

/** Digests of the blobs that an event says are there. */
export function blobsNamedBy({ type, data }: RecordedEvent): readonly string[] {
  if (data === null || typeof data !== 'object') return [];
  return (named[type]?.(data as Data) ?? []).filter((digest) => typeof digest === 'string');
}
