import { group } from '../../cli/cli.js';
import { flockCompiled } from './compiled.js';
import { flockDiff } from './diff.js';
import { flockList } from './list.js';
import { flockPublish } from './publish.js';
import { flockShow } from './show.js';

export const flockCommands = group('flock', 'flocks, their versions and artifacts', [
  flockList,
  flockShow,
  flockPublish,
  flockDiff,
  flockCompiled,
]);
