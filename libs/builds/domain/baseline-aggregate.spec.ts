import { describe, it } from '@jest/globals';
import { specification } from '#libs/kernel/testing';
import { type BaselineEvent } from '../contract/index.js';
import { baselineDecider, type TakenCommand } from './baseline-aggregate.js';

const baselines = specification(baselineDecider);
const data = {
  region: 'sea',
  baseline: { set: 'nightly', revision: 3 },
  regionData: '7',
  nodes: 'blob',
  count: 2,
};
const taken: BaselineEvent = { type: 'BaselineTaken', data };
const record = (more: Partial<TakenCommand> = {}): TakenCommand => ({
  type: 'RecordBaseline',
  ...data,
  isBuilt: false,
  ...more,
});
const other = { baseline: { set: 'nightly', revision: 4 } };

describe('a baseline', () => {
  it('is taken once', () => {
    baselines.given().when(record()).then(taken);
    baselines.given(taken).when(record()).thenNothing();
    baselines
      .given(taken)
      .when(record({ isBuilt: true }))
      .thenNothing();
  });

  it('is another one where nothing was built since', () => {
    baselines
      .given(taken)
      .when(record(other))
      .then({ type: 'BaselineTaken', data: { ...data, ...other } });
    baselines
      .given(taken)
      .when(record({ regionData: '9' }))
      .then({ type: 'BaselineTaken', data: { ...data, regionData: '9' } });
  });

  it('is refused where something was', () => {
    baselines
      .given(taken)
      .when(record({ ...other, isBuilt: true }))
      .refused('baseline/built-since');
    baselines
      .given()
      .when(record({ isBuilt: true }))
      .refused('baseline/built-since');
  });
});
