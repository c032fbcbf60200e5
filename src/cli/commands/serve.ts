/** `watchfloor serve`: the service in the foreground. */
import type { Command } from 'commander';
import { type CommonOptions, configOf } from '../options.ts';
import { createOutput, exitCode } from '../output.ts';
import { explain } from '../run.ts';

export function serveCommand(program: Command): void {
  program
    .command('serve')
    .description('Start the service')
    .option('--data <dir>', 'data directory (WATCHFLOOR_DATA; default ./data)')
    .option('--config <file>', 'configuration file (default DATA/watchfloor.yml when it is there)')
    .option('--host <address>', 'address to listen on (WATCHFLOOR_HOST; default 127.0.0.1)')
    .option('--port <n>', 'port to listen on (WATCHFLOOR_PORT; default 4880)')
    .option('--demo', 'put a made-up attack into the queue (WATCHFLOOR_DEMO)')
    .addHelpText(
      'after',
      '\nExit code 2: wrong configuration. 3: the port is taken, or the data directory is in use, newer or full.',
    )
    .action(serve);
}

async function serve(options: CommonOptions): Promise<void> {
  const output = createOutput(false);
  try {
    const config = configOf(options);
    const { startService } = await import('../../app/service.ts');
    const service = await startService(config, { role: 'serve' });
    output.note(`Watchfloor listens on ${service.publicUrl}`);
    output.note(`Sign in (once, within 15 minutes): ${service.signInUrl}`);
    const code = await untilStopped(() => service.stop(), service.failed);
    process.exit(code);
  } catch (thrown) {
    const told = explain(thrown);
    if (told === null) throw thrown;
    output.note(`watchfloor: ${told.text}`);
    process.exit(told.code);
  }
}

/** The first signal stops gracefully, the second at once. */
function untilStopped(stop: () => Promise<void>, failed: Promise<Error>): Promise<number> {
  return new Promise((resolve) => {
    let stopping = false;
    const end = (code: number): void => {
      if (stopping) process.exit(exitCode.interrupted);
      stopping = true;
      void stop().finally(() => resolve(code));
    };
    process.on('SIGINT', () => end(exitCode.ok));
    process.on('SIGTERM', () => end(exitCode.ok));
    void failed.then((error) => {
      process.stderr.write(`watchfloor: ${error.message}\n`);
      end(exitCode.unavailable);
    });
  });
}
