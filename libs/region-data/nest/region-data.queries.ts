import { Injectable } from '@nestjs/common';
import { refuse, Refused, type DomainEvent, type Projection } from '#libs/kernel';
import { ProjectionPositions, ReadModels, type ListOptions } from '#libs/read-store';
import { type PageQuery, type ReadQuery } from '#libs/http';

export interface Rows<Row> {
  readonly items: readonly Row[];
  /** Cursor of the next page; absent on the last. */
  readonly next?: string;
}

/** Reads of the read models, each waiting for the position that the caller has seen. */
@Injectable()
export class RegionDataQueries {
  constructor(
    private readonly models: ReadModels,
    private readonly positions: ProjectionPositions,
  ) {}

  async list<Row extends object, E extends DomainEvent>(
    projection: Projection<Row, E>,
    query: PageQuery,
    options: Pick<ListOptions, 'index' | 'equals' | 'direction'> = {},
  ): Promise<Rows<Row>> {
    await this.caughtUp(projection.name, query);
    const page = await this.models.store.list<Row>(await this.models.collection(projection), {
      ...options,
      limit: query.limit ?? 100,
      ...(query.cursor !== undefined && { after: query.cursor }),
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
    await this.caughtUp(projection.name, query);
    const found = await this.models.store.get<Row>(await this.models.collection(projection), key);
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
    const collection = await this.models.collection(projection);
    const page = await this.models.store.list<Row>(collection, { index, equals: [value], limit: 1 });
    return page.rows[0]?.row;
  }

  private async caughtUp(name: string, { after }: ReadQuery): Promise<void> {
    if (after === undefined || (await this.positions.waitFor([name], BigInt(after)))) return;
    const reached = (await this.positions.reached()).get(name);
    throw new Refused(
      refuse('read-model/behind', `${name} has not reached position ${after} yet`, {
        fix: 'ask again in a moment, or without `after`',
        details: { projection: name, reached: reached === undefined ? null : String(reached) },
      }),
    );
  }
}
