import { CommandRequest } from '#libs/kernel';

/** What a Regional's saga asks its worker for. */
export type RegionalCommand =
  | { readonly type: 'PlanSentRelease'; readonly release: string }
  | {
      readonly type: 'CarryOutNode';
      readonly release: string;
      readonly node: string;
      /** Number of this attempt, from 1. */
      readonly attempt: number;
      /** Its intent was recorded, perhaps by a process that died since: what became of it is found out, never assumed. */
      readonly lost: boolean;
    };

export class RegionalRequest extends CommandRequest<RegionalCommand> {}
