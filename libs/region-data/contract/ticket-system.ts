export interface TicketStatus {
  readonly id: string;
  /** As the ticketing system spells it; `recorded` where none is connected, `unavailable` where it did not answer in time. */
  readonly status: string;
  readonly title?: string;
  readonly url?: string;
}

/** Where change tickets live, inside or outside (RD-14). Port; a table that shows tickets loads whether it answers or not. */
export abstract class TicketSystem {
  /** One answer for each id, in their order. Never rejects. */
  abstract statusOf(ids: readonly string[]): Promise<readonly TicketStatus[]>;
}
