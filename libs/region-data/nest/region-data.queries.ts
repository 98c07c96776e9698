import { Injectable } from '@nestjs/common';
import { refuse, Refused, type DomainEvent, type Projection } from '#libs/kernel';
import { ReadQueries, type ListOptions } from '#libs/read-store';
import { type PageQuery, type ReadQuery } from '#libs/http';

export interface Rows<Row> {
  readonly items: readonly Row[];
  /** Cursor of the next page; absent on the last. */
  readonly next?: string;
}

/** Reads of region data as its routes answer them: rows without their positions, and a refusal where there is none. */
@Injectable()
export class RegionDataQueries {
  constructor(private readonly queries: ReadQueries) {}

  async list<Row extends object, E extends DomainEvent>(
    projection: Projection<Row, E>,
    query: PageQuery,
    options: Pick<ListOptions, 'index' | 'equals' | 'direction'> = {},
  ): Promise<Rows<Row>> {
    const { limit = 100, cursor, after } = query;
    const page = await this.queries.list(projection, {
      ...options,
      limit,
      ...(cursor !== undefined && { cursor }),
      ...(after !== undefined && { after }),
    });
    return { items: page.rows.map((r) => r.row), ...(page.next !== undefined && { next: page.next }) };
  }

  /** Throws `Refused` (`<kind>/unknown`) where there is no such row. */
  async one<Row extends object, E extends DomainEvent>(
    projection: Projection<Row, E>,
    kind: string,
    key: string,
    query: ReadQuery,
  ): Promise<Row> {
    const found = await this.queries.get(projection, key, query.after);
    if (found) return found.row;
    throw new Refused(
      refuse(`${kind}/unknown` as `${string}/${string}`, `there is no ${kind} "${key}"`, {
        fix: 'look at the list of those that exist',
      }),
    );
  }

  /** The row whose first index field has the value. */
  async first<Row extends object, E extends DomainEvent>(
    projection: Projection<Row, E>,
    index: string,
    value: string,
  ): Promise<Row | undefined> {
    const page = await this.queries.list(projection, { index, equals: [value], limit: 1 });
    return page.rows[0]?.row;
  }
}
