/** Options that every command shares, and what they are resolved to. */
import { type Command, InvalidArgumentError } from 'commander';
import { type Config, type ConfigFlags, loadConfig } from '../app/config.ts';

export interface CommonOptions {
  readonly data?: string;
  readonly config?: string;
  readonly host?: string;
  readonly port?: string;
  readonly demo?: boolean;
  readonly server?: string;
  readonly token?: string;
  readonly json?: boolean;
}

/** Where the data is, and how to find a service. */
export function withTarget(command: Command): Command {
  return command
    .option('--data <dir>', 'data directory (WATCHFLOOR_DATA; default ./data)')
    .option('--config <file>', 'configuration file (default DATA/watchfloor.yml when it is there)')
    .option('--server <url>', 'address of a service on another machine')
    .option('--token <token>', 'API token for --server (better: WATCHFLOOR_TOKEN)')
    .option('--json', 'one JSON object a line on standard output');
}

/** Throws AppError E_CONFIG with every problem. */
export function configOf(options: CommonOptions): Config {
  const flags: Record<string, unknown> = {};
  for (const name of ['data', 'config', 'host', 'port', 'demo'] as const) {
    if (options[name] !== undefined) flags[name] = options[name];
  }
  // The token is for reaching a service; it is not part of its configuration.
  const { WATCHFLOOR_TOKEN: _token, WATCHFLOOR_SERVER: _server, ...env } = process.env;
  return loadConfig({ flags: flags as ConfigFlags, env, cwd: process.cwd() });
}

/** For an option that takes a whole number. */
export function wholeNumber(text: string): number {
  if (!/^\d{1,9}$/.test(text)) throw new InvalidArgumentError('It is no whole number.');
  return Number(text);
}
