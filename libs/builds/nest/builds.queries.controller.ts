import { Controller, Get, Param, Query } from '@nestjs/common';
import { ApiBearerAuth, ApiOperation, ApiTags } from '@nestjs/swagger';
import { topologicalOrder } from '#libs/build-graph';
import { PageQuery, ReadQuery } from '#libs/http';
import { refuse, Refused } from '#libs/kernel';
import { ReadQueries } from '#libs/read-store';
import { type BuildRow, buildsProjection, flockReadinessProjection } from '../projections/index.js';
import { BuildProgressQuery } from './build-progress.js';
import { OpenRegionBuild } from './open-region-build.js';
import { RegionPlanQuery } from './region-plan.js';
import { RegionPlanner } from './region-planner.js';
import { GraphQuery, NodesQuery, WaitingQuery } from './requests.js';
import { StandingNodes } from './standing-nodes.js';

@ApiTags('builds')
@ApiBearerAuth()
@Controller('v1')
export class BuildsQueriesController {
  constructor(
    private readonly queries: ReadQueries,
    private readonly planner: RegionPlanner,
    private readonly plans: RegionPlanQuery,
    private readonly progress: BuildProgressQuery,
    private readonly standing: StandingNodes,
    private readonly opening: OpenRegionBuild,
  ) {}

  @ApiOperation({ summary: 'Builds' })
  @Get('builds')
  async builds(@Query() query: PageQuery) {
    return this.list(query, {});
  }

  @ApiOperation({ summary: 'Builds of a region' })
  @Get('regions/:region/builds')
  async buildsOf(@Param('region') name: string, @Query() query: PageQuery) {
    const { region } = await this.planner.region(name);
    return this.list(query, { index: 'region', equals: [region] });
  }

  /** The build with its progress: counts of operations, and what the last merge did to the graph. */
  @ApiOperation({ summary: 'A build and how far it has come' })
  @Get('builds/:build')
  async build(@Param('build') build: string, @Query() { after }: ReadQuery) {
    const { versions, ...row } = await this.row(build, after);
    // A page of the log may end between the opening and its first graph.
    const counts = row.graph === '' ? null : (await this.progress.of(row.graph, after)).counts;
    const last = row.merges.at(-1);
    return {
      ...row,
      versions,
      counts,
      graph: last && { nodes: last.nodes, added: last.added, removed: last.removed, changed: last.changed },
    };
  }

  @ApiOperation({ summary: 'The nodes of a build, with what each waits for' })
  @Get('builds/:build/nodes')
  async nodes(@Param('build') build: string, @Query() { after, status }: NodesQuery) {
    const row = await this.row(build, after);
    const nodes = row.graph === '' ? [] : (await this.progress.of(row.graph, after)).nodes();
    return { items: status === undefined ? nodes : nodes.filter((n) => n.status === status) };
  }

  /** What a build started now would do. */
  @ApiOperation({ summary: 'What a build that started now would do' })
  @Get('regions/:region/plan')
  plan(@Param('region') region: string, @Query() { after }: ReadQuery) {
    return this.plans.of(region, after);
  }

  /** The graph at the latest region data: actual ∪ forecast, or the actual one alone. */
  @ApiOperation({ summary: 'The build dependency graph at the latest region data' })
  @Get('regions/:region/graph')
  async graph(@Param('region') name: string, @Query() { actual }: GraphQuery) {
    const planned = await this.planned(name);
    const graph = actual === 'true' ? planned.actual : planned.united;
    return { ...graph.toJSON(), order: topologicalOrder(graph), findings: planned.findings };
  }

  @ApiOperation({ summary: 'What static analysis has found' })
  @Get('regions/:region/findings')
  async findings(@Param('region') name: string) {
    return { items: (await this.planned(name)).findings };
  }

  /** How far each flock has come there. */
  @ApiOperation({ summary: 'How far each flock has come in a region' })
  @Get('regions/:region/readiness')
  async readiness(@Param('region') name: string, @Query() { after }: ReadQuery) {
    const { region } = await this.planner.region(name);
    await this.queries.reflects([flockReadinessProjection.name], after);
    const rows = await this.queries.all(flockReadinessProjection, { index: 'region', equals: [region] });
    return { items: rows.map((r) => r.row) };
  }

  /** Queries 2 and 3 of the Capabilities Service: whether anybody waits, and who, by the graph of the last build. */
  @ApiOperation({ summary: 'Capabilities that somebody waits for, and who' })
  @Get('regions/:region/capabilities/waiting')
  async waiting(@Param('region') name: string, @Query() { name: wanted }: WaitingQuery) {
    const { region } = await this.planner.region(name);
    const last = await this.opening.lastBuild(region);
    if (!last?.state.merge) return { items: [] };
    const nodes = (await this.progress.of(last.state.merge.graph)).nodes();
    const awaited = nodes.filter((n) => n.kind === 'capability' && n.status !== 'done');
    const items = awaited.flatMap(({ node, environment }) => {
      const capability = node.slice(node.indexOf('/', node.indexOf('/') + 1) + 1);
      if (wanted !== undefined && capability !== wanted) return [];
      const who = nodes.filter((n) => n.waitsFor.includes(node)).map((n) => n.node);
      return who.length === 0 ? [] : [{ name: capability, environment, count: who.length, nodes: who }];
    });
    return { items };
  }

  /** The current state of every resource of the region. */
  @ApiOperation({ summary: 'The current state of every resource of a region' })
  @Get('regions/:region/resources')
  async resources(@Param('region') name: string, @Query() { after }: ReadQuery) {
    const { region } = await this.planner.region(name);
    const { rows } = await this.standing.ofRegion(region, after);
    return { items: [...rows.values()] };
  }

  private async planned(name: string) {
    const then = await this.planner.region(name);
    return this.planner.plan(then, await this.plans.versions(then.region));
  }

  private async row(build: string, after: string | undefined): Promise<BuildRow> {
    const found = await this.queries.get(buildsProjection, build, after);
    if (found) return found.row;
    throw new Refused(
      refuse('build/unknown', `there is no build ${build}`, { fix: 'list them with: cios build list' }),
    );
  }

  private async list(
    { cursor, after, limit = 100 }: PageQuery,
    of: { readonly index?: string; readonly equals?: readonly string[] },
  ) {
    const page = await this.queries.list(buildsProjection, {
      limit,
      ...of,
      ...(cursor !== undefined && { cursor }),
      ...(after !== undefined && { after }),
    });
    return { items: page.rows.map((r) => r.row), ...(page.next !== undefined && { next: page.next }) };
  }
}
