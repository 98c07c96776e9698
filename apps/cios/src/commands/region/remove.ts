import { change, type Register } from '../../cli/cli.js';
import { path } from '../../cli/client.js';

export const regionRemove: Register = (parent, cli) => {
  change(parent, 'remove <region>', 'removes a region that nothing refers to and nothing stands in').action(
    cli.run(async ({ args: [name = ''], out, connect, change: bears }) => {
      const answer = await (await connect()).delete(path`/v1/regions/${name}`, undefined, bears);
      out.result(answer);
      out.line(`${name} is removed; its history stays`);
      out.next('cios region list');
      return 0;
    }),
  );
};
