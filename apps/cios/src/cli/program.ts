import { type Program } from '#libs/command-line';
import { commands } from '../commands/index.js';
import { type Client } from './client.js';
import { findInstallation } from './installation.js';

/** The command line `cios`. */
export const cios: Program<Client> = {
  name: 'cios',
  description: 'Cloud Infrastructure Orchestration Service: brings up whole cloud regions.',
  version: '0.1.0',
  commands,
  async connect(options, io) {
    const { Client } = await import('./client.js');
    return new Client(await findInstallation(options, io));
  },
};
