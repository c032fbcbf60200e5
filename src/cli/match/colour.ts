/** Colours of levels on a terminal. */
import type { Level } from '../../lang/sigma/index.ts';
import type { Painted } from '../output.ts';

const codes: Readonly<Record<Level, string>> = {
  critical: '1;35',
  high: '1;31',
  medium: '33',
  low: '36',
  informational: '2',
};

/** Undefined where the output is no terminal, or nobody wants colours (NO_COLOR, https://no-color.org). */
export function levelColumn(
  column: number,
  isTerminal = process.stdout.isTTY,
  environment: Readonly<Record<string, string | undefined>> = process.env,
): Painted | undefined {
  const unwanted = (environment['NO_COLOR'] ?? '') !== '' || environment['TERM'] === 'dumb';
  if (!isTerminal || unwanted) return undefined;
  return {
    column,
    paint: (level) => (level in codes ? `\u001b[${codes[level as Level]}m${level}\u001b[0m` : level),
  };
}
