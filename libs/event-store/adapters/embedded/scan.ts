import { type RecordedEvent } from '#libs/kernel';

/** What an auditor finds at one position: the event (left out where it is a foreign one), or what is wrong there. An index that disagrees is a problem beside the event. */
export type Scanned =
  | { readonly position: bigint; readonly event: RecordedEvent; readonly problem?: undefined }
  | { readonly position: bigint; readonly problem: string; readonly event?: undefined }
  | { readonly position: bigint; readonly event?: undefined; readonly problem?: undefined };
