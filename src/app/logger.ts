/** The service's log: JSON lines on standard error. */
import pino from 'pino';
import type { Logger } from '../base/logger.ts';
import type { Config } from './config.ts';

/** On a terminal only warnings and errors, so that the address and the sign-in link stay in sight. */
export function createLogger(level: Config['log']['level'], role: 'serve' | 'command'): Logger {
  const quiet = role === 'command' || (process.stderr.isTTY && level === 'info');
  return pino(
    {
      level: quiet ? 'warn' : level,
      base: null,
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }) },
    },
    pino.destination({ fd: 2, sync: true }),
  );
}
