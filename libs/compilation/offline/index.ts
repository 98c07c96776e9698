export * from './compile-offline.js';
export * from './lint-offline.js';
export {
  type BlockExplained,
  type FilterExplained,
  type TargetsExplained,
} from '../domain/explain-targets.js';
