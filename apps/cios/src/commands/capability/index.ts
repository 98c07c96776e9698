import { group } from '../../cli/cli.js';
import { capabilityList } from './list.js';
import { capabilityPublish } from './publish.js';
import { capabilityWaiting } from './waiting.js';
import { capabilityWithdraw } from './withdraw.js';

export const capabilityCommands = group('capability', 'what is available where, and who waits for what', [
  capabilityList,
  capabilityWaiting,
  capabilityPublish,
  capabilityWithdraw,
]);
