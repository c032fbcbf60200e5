/**
 * A service for the moment, for a command on a data directory that no service runs on. It is a process
 * of its own: the embedded event store takes over standard input, which the command may have to read.
 */
import { fork } from 'node:child_process';
import type { Command } from 'commander';
import { AppError, type ErrorCode } from '../base/errors.ts';
import { type CommonOptions, configOf } from './options.ts';

const name = '_service';

type Told =
  | { readonly kind: 'ready'; readonly url: string; readonly token: string }
  | { readonly kind: 'refused'; readonly code: ErrorCode; readonly message: string };

export interface OwnService {
  readonly url: string;
  readonly token: string;
  stop(): Promise<void>;
}

/** Throws what starting a service throws. */
export async function startOwnService(options: CommonOptions): Promise<OwnService> {
  const args = (['data', 'config'] as const).flatMap((key) => {
    const value = options[key];
    return value === undefined ? [] : [`--${key}`, value];
  });
  const child = fork(process.argv[1] ?? '', [name, ...args], {
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  });
  const exited = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  const told = await new Promise<Told>((resolve, reject) => {
    child.once('message', (message) => resolve(message as Told));
    child.once('error', reject);
    void exited.then(() =>
      reject(
        new AppError('E_STORE_UNAVAILABLE', 'the process that opens the data directory ended by itself'),
      ),
    );
  });
  if (told.kind === 'refused') {
    await exited;
    throw new AppError(told.code, told.message);
  }
  return {
    url: told.url,
    token: told.token,
    async stop() {
      if (child.connected) child.disconnect();
      await exited;
    },
  };
}

/** The other side; ends when the command that started it disconnects, however it ends. */
export function ownServiceCommand(program: Command): void {
  program
    .command(name, { hidden: true })
    .option('--data <dir>')
    .option('--config <file>')
    .action(async (options: CommonOptions) => {
      // Ctrl-C reaches the whole group; the command decides when this ends.
      process.on('SIGINT', () => undefined);
      const gone = new Promise<void>((resolve) => process.once('disconnect', () => resolve()));
      const { startService } = await import('../app/service.ts');
      try {
        const service = await startService(configOf(options), { role: 'command' });
        tell({ kind: 'ready', url: service.url, token: service.localToken });
        await Promise.race([gone, service.failed]);
        await service.stop();
      } catch (thrown) {
        if (!(thrown instanceof AppError)) throw thrown;
        tell({ kind: 'refused', code: thrown.code, message: thrown.message });
      }
      if (process.connected) process.disconnect();
      process.exit();
    });
}

function tell(message: Told): void {
  if (process.connected) process.send?.(message);
}
