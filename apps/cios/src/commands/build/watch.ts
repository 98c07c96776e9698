import { online, type Register } from '../../cli/cli.js';
import { watchBuild } from './watch-build.js';

export const buildWatch: Register = (parent, cli) => {
  online(parent, 'watch <build>', 'follows a build to its end; the exit status tells how it ended').action(
    cli.run(async ({ args: [build = ''], out, connect }) => {
      const row = await watchBuild(await connect(), build, out);
      out.result(row);
      out.line(`build ${build} is ${row.status}`);
      out.next(`cios build show ${build}`);
      return row.status === 'completed' ? 0 : 1;
    }),
  );
};
