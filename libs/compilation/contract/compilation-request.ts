import { CommandRequest } from '#libs/kernel';

/** What the compilation saga asks for; each ends in one event of the stream `compilation`, also when nothing changed. */
export type CompilationCommand =
  /** Covers every revision of region data from the last compiled one to this, or a later one that is there by then. */
  | { readonly type: 'CompileRegionData'; readonly revision: string }
  /** Selections (golden, ViBE set, pins) up to this position of the log. */
  | { readonly type: 'CompileVersions'; readonly upTo: string };

/** Sent over the command bus; carried out by the handler of the compilation context. */
export class CompilationRequest extends CommandRequest<CompilationCommand> {}
