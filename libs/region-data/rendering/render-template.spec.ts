import { describe, expect, it } from '@jest/globals';
import { isRefusal } from '#libs/kernel';
import { documentToRegionData } from '../document/index.js';
import { renderTemplate } from './index.js';

const { document } = documentToRegionData(
  JSON.stringify({
    realms: [{ name: 'r1', tier: 'gold' }],
    all_regions: [
      { name: 'a', realm: 'r1', dns_suffix: 'a.example' },
      { name: 'b', realm: 'r1', state: 'Deprecated' },
    ],
  }),
  'f.json',
);

describe('a template', () => {
  it('gets the values that flock configs get (RD-15)', () => {
    const template =
      'zone ${local.region.dns_suffix} in ${local.realm.tier}\n%{ for r in local.all_regions }${r.name};%{ endfor }';
    expect(renderTemplate(template, document!, { region: 'a' })).toEqual({
      result: 'zone a.example in gold\na;',
      diagnostics: [],
    });
  });
  it('is refused with the place of what is wrong', () => {
    const refusal = renderTemplate('x ${local.nothing}', document!);
    expect(isRefusal(refusal) && [refusal.code, refusal.message]).toEqual([
      'template/invalid',
      expect.stringContaining('line 1'),
    ]);
    expect(renderTemplate('x', document!, { region: 'b' })).toMatchObject({ code: 'region/unknown' });
    expect(renderTemplate('${', document!)).toMatchObject({ code: 'template/invalid' });
  });
});
