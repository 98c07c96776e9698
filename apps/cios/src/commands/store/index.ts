import { group } from '../../cli/cli.js';
import { backup } from './backup.js';
import { redact } from './redact.js';
import { restore } from './restore.js';
import { verify } from './verify.js';

export const storeCommands = group('store', 'the stores of an installation on this machine (offline)', [
  backup,
  restore,
  verify,
  redact,
]);
