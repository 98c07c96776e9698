import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { isRefusal } from '#libs/kernel';
import { type RegionDataEvent } from '../contract/index.js';
import { documentOf, emptyRegionData, regionDataDecider } from '../domain/index.js';
import { documentToRegionData, exportRegionData, parseRegionData } from './index.js';

const figure4 = {
  realms: [{ name: 'realm1' }, { name: 'realm2' }],
  regions: [
    { internal_name: 'sea', public_name: 'us-seattle-1', realm: 'realm1' },
    { internal_name: 'gov', public_name: 'us-gov-1', realm: 'realm2' },
  ],
  all_regions: [
    { name: 'us-seattle-1', realm: 'realm1', state: 'Building', ViBE_region: null, compliance: ['CSA STAR'] },
    { name: 'us-gov-1', realm: 'realm2', state: 'initial' },
  ],
  availability_domains: [
    { name: 'ad1', region: 'us-seattle-1', realm: 'realm1' },
    { name: 'ad1', region: 'gov' },
  ],
  execution_targets: [
    { name: 'et1', region: 'us-seattle-1', availability_domain: 'ad1' },
    { name: 'et1', region: 'gov' },
  ],
};
const text = (value: unknown) => JSON.stringify(value, null, 2);
const problems = (value: unknown) =>
  parseRegionData(typeof value === 'string' ? value : text(value), 'f.json').diagnostics.map((d) => [
    d.code,
    d.subject?.start.line,
    d.subject?.start.column,
  ]);

/** What an installation holds after the import. */
function imported(source: string, filename: string) {
  const { document, defaulted, diagnostics } = parseRegionData(source, filename);
  if (!document) throw new Error(JSON.stringify(diagnostics));
  const outcome = regionDataDecider.decide(
    { type: 'ImportRegionData', document, defaulted, mayAdopt: true },
    emptyRegionData,
    { commandId: 'c', actor: 'a', occurredAt: '2026-01-01T00:00:00.000Z', correlationId: 'c' },
  );
  if (isRefusal(outcome)) throw new Error(outcome.message);
  return documentOf(
    (outcome as RegionDataEvent[]).reduce((s, e) => regionDataDecider.evolve(s, e), emptyRegionData),
  );
}

describe('the region-data document', () => {
  it('reads FIG. 4 and fills in what may be absent (RD-01, RD-05)', () => {
    const { document, diagnostics } = documentToRegionData(text(figure4), 'figure4.json');
    expect(diagnostics).toEqual([]);
    expect(document?.all_regions).toEqual([
      {
        name: 'us-seattle-1',
        realm: 'realm1',
        state: 'Building',
        ViBE_region: null,
        target_available: true,
        compliance: ['CSA STAR'],
      },
      { name: 'us-gov-1', realm: 'realm2', state: 'none', ViBE_region: null, target_available: true },
    ]);
    expect(document?.availability_domains[1]).toEqual({ name: 'ad1', region: 'gov', realm: 'realm2' });
    expect(document?.execution_targets[1]).toEqual({ name: 'et1', region: 'gov', availability_domain: null });
  });
  it('has the target of a region with a ViBE away, unless it was adopted', () => {
    const vibes = [{ id: 'v', host_region: 'gov', target_region: 'sea' }];
    const at = (state?: string) =>
      documentToRegionData(
        text({
          ...figure4,
          vibes,
          all_regions: [{ ...figure4.all_regions[0], state, ViBE_region: 'v' }, figure4.all_regions[1]],
        }),
        'f',
      ).document?.all_regions[0]?.target_available;
    expect([at(), at('none'), at('Building'), at('Production')]).toEqual([false, false, true, true]);
  });
  it('says where in the file something is wrong', () => {
    const wrong = { realms: [{ name: 'r' }], all_regions: [{ name: 'x', realm: 'r', state: 'building' }] };
    expect(problems(wrong)).toEqual([['region/unknown-state', 11, 16]]);
    const { diagnostics } = parseRegionData(text(wrong), 'f.json');
    expect(diagnostics[0]?.detail).toContain('"Building"');
    const yaml = 'realms:\n  - name: r\nall_regions:\n  - name: x\n    realm: q\n';
    expect(problems(yaml)).toEqual([['region-data/unknown-reference', 5, 12]]);
  });
  it.each<[string, string, number, number]>([
    ['half a surrogate pair', '{"realms": [{"name": "r",\n"note": ["a", "b\\ud800"]}]}', 2, 15],
    ['half a surrogate pair in YAML', 'realms:\n- name: r\n  note: "\\ud800"\n', 3, 9],
    ['half a surrogate pair in a name', '{"realms": [{"name": "r",\n"in": {"\\udc00": 1}}]}', 2, 7],
    ['half a surrogate pair in a subset', '{"subsets": {"a":\n[{"b": "\\ud800"}]}}', 2, 8],
    ['a member that records cannot name', '{"realms": [{"name": "r",\n"in": {"__proto__": 1}}]}', 2, 21],
    ['a number without end', '{"realms": [{"name": "r",\n"n": 1e999}]}', 2, 6],
    ['bytes', 'realms:\n- name: r\n  b: !!binary aGVsbG8=\n', 3, 15],
  ])('refuses %s, which no record gives back, and says where', (_, source, line, column) => {
    expect(problems(source)).toEqual([['region-data/not-json', line, column]]);
  });
  it('refuses what lies too deep for any parser, and says where', () => {
    const levels = 100_000;
    expect(
      problems(`{"realms":\n[{"name": "[r", "d": ${'['.repeat(levels)}${']'.repeat(levels)}}]}`),
    ).toEqual([['region-data/too-deep', 2, 219]]);
    for (const [open, column] of [
      ['[', 202],
      ['- ', 401],
      ['? ', 401],
    ] as const)
      expect(problems(`realms:\n  ${open.repeat(levels)}`)).toEqual([['region-data/too-deep', 2, column]]);
    const chain = ['a0: &a0 [1]'];
    for (let n = 1; n < 4; n += 1) chain.push(`a${n}: &a${n} ${'['.repeat(150)}*a${n - 1}${']'.repeat(150)}`);
    const source = `subsets:\n${chain.map((line) => `  ${line}\n`).join('')}`;
    expect(problems(source)[0]).toEqual(['region-data/not-json', 4, expect.any(Number)]);
  });
  it.each<[string, unknown, string[]]>([
    ['no object', [], ['region-data/not-a-document']],
    ['a text that breaks off', '{ "realms": [', ['region-data/syntax']],
    ['an unknown set', { realm: [] }, ['region-data/unknown-set']],
    ['a set that is no list', { realms: {} }, ['region-data/not-a-list']],
    ['an entry that is no object', { realms: ['realm1'] }, ['region-data/not-an-entry']],
    ['a missing name', { realms: [{}] }, ['region-data/missing-attribute']],
    ['a name that is no identifier', { realms: [{ name: 'a/b' }] }, ['region-data/invalid-identifier']],
    ['a doubled realm', { realms: [{ name: 'r' }, { name: 'r' }] }, ['region-data/doubled']],
    ['a reserved subset', { subsets: { regions: [] } }, ['subset/reserved-name']],
    [
      'a region without its partner, on either side',
      {
        regions: [{ internal_name: 'a', public_name: 'a', realm: 'r' }],
        all_regions: [{ name: 'b', realm: 'r' }],
        execution_targets: [{ name: 'e', region: 'a' }],
      },
      ['region-data/no-partner', 'region-data/no-partner'],
    ],
    [
      'another realm there',
      {
        regions: [{ internal_name: 'a', public_name: 'a', realm: 'r' }],
        all_regions: [{ name: 'a', realm: 's' }],
        execution_targets: [{ name: 'e', region: 'a' }],
      },
      ['region-data/realms-differ'],
    ],
    [
      'one name for two regions',
      {
        regions: [
          { internal_name: 'a', public_name: 'b', realm: 'r' },
          { internal_name: 'b', public_name: 'c', realm: 'r' },
        ],
      },
      ['region/exists'],
    ],
    [
      'a domain that is not there',
      {
        all_regions: [{ name: 'a', realm: 'r' }],
        availability_domains: [],
        execution_targets: [{ name: 'e', region: 'a', availability_domain: 'ad9' }],
      },
      ['region-data/unknown-reference'],
    ],
  ])('refuses %s', (_, value, codes) => {
    expect(problems(value).map(([code]) => code)).toEqual(codes);
  });
  it('warns of a region without execution targets (RD-02)', () => {
    const { document, diagnostics } = parseRegionData(
      text({ ...figure4, execution_targets: [{ name: 'e', region: 'gov' }] }),
      'f.json',
    );
    expect(document).not.toBeNull();
    expect(diagnostics.map((d) => [d.severity, d.code, d.summary])).toEqual([
      ['warning', 'region/no-execution-targets', 'Region "us-seattle-1" has no execution target'],
    ]);
  });
  it('completes a set that is absent', () => {
    const { document } = documentToRegionData('all_regions: [{ name: x, realm: r }]', 'f.yaml');
    expect(document?.regions).toEqual([{ internal_name: 'x', public_name: 'x', realm: 'r' }]);
  });
  it('round-trips to the byte, as JSON and as YAML (RD-12)', () => {
    const first = imported(text(figure4), 'f.json');
    for (const format of ['json', 'yaml'] as const) {
      const exported = exportRegionData(first, format);
      expect(exportRegionData(imported(exported, `f.${format}`), format)).toBe(exported);
    }
    expect(imported(exportRegionData(first, 'yaml'), 'f.yaml')).toEqual(imported(text(figure4), 'f.json'));
  });

  const fleet = '../shared/fixtures/oci-regions.json';
  (existsSync(fleet) ? it : it.skip)('takes a real fleet of 85 regions', () => {
    const { regions } = JSON.parse(readFileSync(fleet, 'utf8')) as {
      regions: { public_name: string; code: string; realm: string; dnsSuffix: string }[];
    };
    const document = {
      realms: [...new Set(regions.map((r) => r.realm))].map((name) => ({ name })),
      regions: regions.map((r) => ({
        internal_name: r.public_name,
        public_name: r.public_name,
        realm: r.realm,
        code: r.code,
      })),
      all_regions: regions.map((r) => ({
        name: r.public_name,
        realm: r.realm,
        state: 'Production',
        dns_suffix: r.dnsSuffix,
      })),
    };
    const first = imported(text(document), 'oci.json');
    expect(first.regions).toHaveLength(regions.length);
    const exported = exportRegionData(first, 'yaml');
    expect(exportRegionData(imported(exported, 'oci.yaml'), 'yaml')).toBe(exported);
  });
});
