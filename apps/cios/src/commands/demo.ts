import { resolve } from 'node:path';
import { offline, type Invocation, type Register } from '../cli/cli.js';

interface Options {
  readonly resume?: boolean;
}

const defaultDemo = '.cios/demo';

export const demoCommand: Register = (program, cli) => {
  offline(
    program,
    'demo',
    'builds a region from the shipped flocks in a server of its own and shows it happen',
  )
    .option('--data <dir>', `its folder, emptied first (default: ${defaultDemo})`)
    .option('--resume', 'goes on with a demo that was interrupted')
    .action(cli.run<Options>(demo));
};

async function demo({ options, out, io }: Invocation<Options>): Promise<number> {
  const [{ Demo }, { DemoProgress }, { DemoScreen }, { endLeftServer }] = await Promise.all([
    import('../demo/demo.js'),
    import('../demo/demo-progress.js'),
    import('../demo/demo-screen.js'),
    import('../demo/demo-server.js'),
  ]);
  const shown = options.data ?? defaultDemo;
  const path = resolve(io.cwd, shown);
  const before = DemoProgress.of(path);
  await endLeftServer(path, shown, before?.state.server);
  const progress = (options.resume === true ? before : null) ?? DemoProgress.afresh(path, shown);
  const screen = new DemoScreen(out, (text) => {
    io.out(text);
  });
  const play = new Demo({ path, shown }, progress, screen, out);
  const interrupted = (): void => {
    screen.clear();
    void play.stop().then(() => {
      out.line(`interrupted; go on with: cios demo --resume --data ${shown}`);
      process.exit(130);
    });
  };
  process.once('SIGINT', interrupted);
  process.once('SIGTERM', interrupted);
  try {
    const summary = await play.play();
    out.result(summary);
    out.line();
    out.line(`${out.color.green('done:')} ${summary.events} events tell all of it; its server has ended`);
    out.next(
      `cios up --data ${shown}`,
      `cios region show ${summary.region} --data ${shown}    (and: build list, capability list, plan list)`,
      `cios audit replay --data ${shown}`,
      `cios audit verify --data ${shown}`,
    );
    return 0;
  } catch (error) {
    screen.clear();
    await play.stop();
    throw error;
  } finally {
    process.removeListener('SIGINT', interrupted);
    process.removeListener('SIGTERM', interrupted);
  }
}
