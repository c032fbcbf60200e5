/** The command line: `watchfloor COMMAND`. */
import { Command } from 'commander';
import { version } from '../app/version.ts';
import { commandFirst } from './arguments.ts';
import { adminCommands } from './commands/admin.ts';
import { alertsCommand } from './commands/alerts.ts';
import { eventsCommand } from './commands/events.ts';
import { importCommand } from './commands/import.ts';
import { rulesCommand } from './commands/rules.ts';
import { serveCommand } from './commands/serve.ts';
import { sigmaCommand } from './commands/sigma.ts';
import { exitCode } from './output.ts';
import { ownServiceCommand } from './own-service.ts';

const program = new Command('watchfloor')
  .description('Security operations in one service: raw logs in, closed incidents out.')
  .version(version)
  .showHelpAfterError('(watchfloor --help shows all commands)')
  .exitOverride((error) => {
    // Commander's own code for wrong usage is 1, which here means that something failed.
    process.exit(error.exitCode === 0 ? exitCode.ok : exitCode.usage);
  })
  .addHelpText(
    'after',
    `
Commands work on the service that runs on the data directory (--data, default ./data), on one
elsewhere (--server URL, WATCHFLOOR_TOKEN), or, when none runs, on one of their own for the moment.

Exit codes: 0 done, 1 something failed, 2 wrong usage or configuration, 3 no service or data
directory to work on, 130 interrupted.`,
  );

serveCommand(program);
importCommand(program);
alertsCommand(program);
eventsCommand(program);
rulesCommand(program);
sigmaCommand(program);
adminCommands(program);
ownServiceCommand(program);

await program.parseAsync(commandFirst(process.argv.slice(2)), { from: 'user' });
