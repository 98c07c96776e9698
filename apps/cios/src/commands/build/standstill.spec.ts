import { expect, it } from '@jest/globals';
import { causesOf, causeText } from './standstill.js';

it('names what blocked nodes wait for in the end, not one another', () => {
  const blocked = [
    { node: 'a', waitsFor: ['gate:target_available'] },
    { node: 'b', waitsFor: ['a', 'gate:target_available'] },
    { node: 'c', waitsFor: ['b', 'capability x'] },
  ];
  expect(causesOf(blocked)).toEqual([
    ['gate:target_available', 2],
    ['capability x', 1],
  ]);
  expect(causeText('gate:target_available')).toContain('target_available');
  expect(causeText('capability x')).toBe('capability x');
});
