import { expect, it } from '@jest/globals';
import { includesRole, roles } from './index.js';

it('orders the roles of people, and keeps a Regional apart from them', () => {
  const may = roles.map((held) => roles.filter((needed) => includesRole(held, needed)));
  expect(may).toEqual([
    ['viewer'],
    ['viewer', 'editor'],
    ['viewer', 'editor', 'operator'],
    ['viewer', 'editor', 'operator', 'approver'],
    [...roles],
    ['regional'],
  ]);
});
