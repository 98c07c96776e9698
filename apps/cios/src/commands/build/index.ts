import { group } from '../../cli/cli.js';
import { buildCancel } from './cancel.js';
import { buildList } from './list.js';
import { buildShow } from './show.js';
import { buildStart } from './start.js';
import { buildWatch } from './watch.js';

export const buildCommands = group('build', 'region builds', [
  buildStart,
  buildList,
  buildShow,
  buildWatch,
  buildCancel,
]);
