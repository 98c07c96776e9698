import { group } from '../../cli/cli.js';
import { regionAdd } from './add.js';
import { regionAddTarget } from './add-target.js';
import { regionEdit } from './edit.js';
import { regionExport } from './export.js';
import { regionHistory } from './history.js';
import { regionImport } from './import.js';
import { regionList } from './list.js';
import { regionPolicy } from './policy.js';
import { regionRemove } from './remove.js';
import { regionShow } from './show.js';
import { regionStates } from './states.js';

export const regionCommands = group('region', 'regions and their data', [
  regionList,
  regionShow,
  regionAdd,
  regionEdit,
  regionRemove,
  regionAddTarget,
  ...regionStates,
  regionPolicy,
  regionImport,
  regionExport,
  regionHistory,
]);
