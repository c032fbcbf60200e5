/** Options that the commands under `watchfloor sigma` share. */
import { type Command, Option } from 'commander';
import { type FilterReading, filterReadings, type Placeholders } from '../../lang/sigma/index.ts';
import type { CommonOptions } from '../options.ts';

export interface RuleOptions extends CommonOptions {
  readonly placeholder?: string[];
  readonly filters: FilterReading;
}

export interface LogsourceOptions {
  readonly product?: string;
  readonly service?: string;
  readonly category?: string;
}

/** How rules are read. */
export function withRuleOptions(command: Command): Command {
  return command
    .option(
      '--placeholder <name=value...>',
      'value for a placeholder of the expand modifier; repeat for several',
    )
    .addOption(
      new Option(
        '--filters <reading>',
        "a filter's condition has to hold as well (require), or what it matches is left out (exclude)",
      )
        .choices(filterReadings)
        .default('require'),
    );
}

/** What events are that no parser knows. */
export function withLogsource(command: Command): Command {
  return command
    .option('--product <name>', 'logsource of events that no parser knows')
    .option('--service <name>', 'logsource of events that no parser knows')
    .option('--category <name>', 'logsource of events that no parser knows');
}

/** Undefined when none of the three was given. */
export function logsourceOf({ product, service, category }: LogsourceOptions): LogsourceOptions | undefined {
  if (!product && !service && !category) return undefined;
  return {
    ...(product ? { product } : {}),
    ...(service ? { service } : {}),
    ...(category ? { category } : {}),
  };
}

export function placeholdersOf(given: readonly string[] = []): Placeholders {
  const values: Record<string, string[]> = {};
  for (const one of given) {
    const [name = '', ...rest] = one.split('=');
    (values[name.replace(/^%|%$/g, '')] ??= []).push(rest.join('='));
  }
  return values;
}
