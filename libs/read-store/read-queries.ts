import { type DomainEvent, type Projection, refuse, Refused } from '#libs/kernel';
import { type ProjectionPositions } from './port/positions.js';
import { type ListOptions, type Page, type StoredRow } from './port/read-store.js';
import { type ReadModels } from './projection-runner/read-models.js';

/** Reads of read models as queries make them: the version that is complete, and not before it reflects a position. */
export class ReadQueries {
  constructor(
    private readonly models: ReadModels,
    private readonly positions: ProjectionPositions,
  ) {}

  /** `after`: decimal position that the answer must reflect; refuses `query/not-caught-up` after 2 s. */
  async get<Row extends object, E extends DomainEvent>(
    projection: Projection<Row, E>,
    key: string,
    after?: string,
  ): Promise<StoredRow<Row> | null> {
    await this.reflects([projection.name], after);
    return this.models.store.get<Row>(await this.models.collection(projection), key);
  }

  async getMany<Row extends object, E extends DomainEvent>(
    projection: Projection<Row, E>,
    keys: readonly string[],
  ): Promise<readonly (StoredRow<Row> | null)[]> {
    return this.models.store.getMany<Row>(await this.models.collection(projection), keys);
  }

  async list<Row extends object, E extends DomainEvent>(
    projection: Projection<Row, E>,
    options: Omit<ListOptions, 'after'> & { readonly cursor?: string; readonly after?: string } = {},
  ): Promise<Page<Row>> {
    const { cursor, after, ...list } = options;
    await this.reflects([projection.name], after);
    return this.models.store.list<Row>(await this.models.collection(projection), {
      ...list,
      ...(cursor === undefined ? {} : { after: cursor }),
    });
  }

  /** All rows, page by page; for what is bounded by one region or one build. */
  async all<Row extends object, E extends DomainEvent>(
    projection: Projection<Row, E>,
    options: Pick<ListOptions, 'index' | 'equals'> = {},
  ): Promise<readonly StoredRow<Row>[]> {
    const rows: StoredRow<Row>[] = [];
    let cursor: string | undefined;
    do {
      const page = await this.list(projection, {
        ...options,
        limit: 1_000,
        ...(cursor === undefined ? {} : { cursor }),
      });
      rows.push(...page.rows);
      cursor = page.next;
    } while (cursor !== undefined);
    return rows;
  }

  async reflects(projections: readonly string[], after: string | undefined): Promise<void> {
    if (after === undefined || (await this.positions.waitFor(projections, BigInt(after)))) return;
    const reached = await this.positions.reached();
    throw new Refused(
      refuse('query/not-caught-up', `position ${after} is not reflected yet`, {
        fix: 'ask again; if it stays, look whether the orchestrator runs',
        details: {
          reached: Object.fromEntries(projections.map((p) => [p, String(reached.get(p) ?? 'nothing')])),
        },
      }),
    );
  }
}
