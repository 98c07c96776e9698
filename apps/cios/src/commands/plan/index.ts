import { group } from '../../cli/cli.js';
import { planApprove, planReject } from './decide.js';
import { planList } from './list.js';
import { planRetry } from './retry.js';
import { planShow } from './show.js';

export const planCommands = group('plan', 'what is about to be done: of a region, and of each release', [
  planShow,
  planList,
  planApprove,
  planReject,
  planRetry,
]);
