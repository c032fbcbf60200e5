/** `watchfloor sigma explain`: why a rule matches an event, or does not. */
import { readFile } from 'node:fs/promises';
import type { Command } from 'commander';
import { AppError } from '../../base/errors.ts';
import { type ExplainedRow, type Explanation, explainedRows, explainRule } from '../../lang/sigma/index.ts';
import { wholeNumber } from '../options.ts';
import { exitCode, inert } from '../output.ts';
import { tellRefused } from '../pack-files.ts';
import { runLocal } from '../run.ts';
import {
  type LogsourceOptions,
  logsourceOf,
  placeholdersOf,
  type RuleOptions,
  withLogsource,
  withRuleOptions,
} from './sigma-options.ts';

interface ExplainOptions extends RuleOptions, LogsourceOptions {
  readonly rule: string[];
  readonly event: string;
  readonly line: number;
  readonly id?: string;
}

export function sigmaExplainCommand(sigma: Command): void {
  const command = sigma
    .command('explain')
    .description('Show the condition of a rule as a tree, with the outcome of each part for one event')
    .requiredOption('--rule <path...>', 'the rule, with filters that are for it')
    .requiredOption('--event <file>', 'one JSON object, or JSON lines')
    .option('--line <n>', 'which line of JSON lines, from 1', wholeNumber, 1)
    .option('--id <id>', 'which rule, when there are several');
  withLogsource(withRuleOptions(command))
    .option('--json', 'one JSON object a rule on standard output')
    .addHelpText('after', '\nExit code 0: a rule matches. 1: none does, or something can not be read.')
    .action((options: ExplainOptions) =>
      runLocal(options, async (output, signal) => {
        const [{ loadSigmaRules }, { readPastedEvent }] = await Promise.all([
          import('../../app/sigma-rules.ts'),
          import('../../app/pasted-event.ts'),
        ]);
        const placeholders = placeholdersOf(options.placeholder);
        const loaded = await loadSigmaRules({
          paths: options.rule,
          placeholders,
          reading: options.filters,
          signal,
        });
        tellRefused(loaded.refused, output);
        tellRefused(loaded.warnings, output, 'warning:');
        const event = readPastedEvent(
          oneRecord(await readFile(options.event, 'utf8'), options.line),
          logsourceOf(options),
        );
        const wanted = options.id?.toLowerCase();
        const rules = loaded.compiled.filter(({ rule }) => wanted === undefined || rule.id === wanted);
        if (rules.length === 0) throw new AppError('E_NOT_FOUND', 'no detection rule to explain there');
        let matches = false;
        for (const { rule } of rules) {
          const explained = explainRule(rule, event, { mappings: loaded.mappings, placeholders });
          if (!explained.ok) throw new AppError('E_BAD_REQUEST', explained.error.reason);
          matches ||= explained.value.matches;
          output.result({ rule_id: rule.id, title: rule.title, ...explained.value }, () =>
            treeText(`${rule.title} (${rule.id})`, explained.value),
          );
        }
        return matches ? exitCode.ok : exitCode.failed;
      }),
    );
}

/** A file that is one JSON value as a whole is that record; else the line of it. */
function oneRecord(text: string, line: number): string {
  if (text.trimStart().startsWith('{') && line === 1) {
    try {
      JSON.parse(text);
      return text;
    } catch (thrown) {
      // Lines of JSON are no JSON together.
      if (!(thrown instanceof SyntaxError)) throw thrown;
    }
  }
  const found = text.split('\n')[line - 1];
  if (found === undefined || found.trim() === '')
    throw new AppError('E_NOT_FOUND', `the file has no record in line ${line}`);
  return found;
}

function treeText(name: string, explanation: Explanation): string {
  const { matches, logsource, condition } = explanation;
  const { product, service, category } = logsource.wanted;
  const wanted = Object.entries({ category, product, service }).flatMap(([key, value]) =>
    value === undefined ? [] : [`${key} ${value}`],
  );
  const { event } = logsource;
  const has = [event.product ?? 'no product', ...event.services, ...event.categories].join(', ');
  return [
    `${matches ? 'MATCH' : 'NO MATCH'}  ${inert(name)}`,
    `${sign(logsource.outcome)} logsource ${inert(wanted.join(', '))}  (the event: ${inert(has)})`,
    ...explainedRows(condition).map(rowText),
  ].join('\n');
}

function rowText({ depth, outcome, kind, text, found }: ExplainedRow): string {
  const name =
    kind === 'item' && text === ''
      ? 'keywords'
      : kind === 'and' || kind === 'or' || kind === 'not'
        ? kind
        : text;
  const shown = kind === 'value' ? `"${text}"` : name;
  const values =
    found === null
      ? kind === 'item' && text !== ''
        ? '  (not in the event)'
        : ''
      : `  = ${found.map(cut).join(', ')}`;
  return `${'  '.repeat(depth + 1)}${sign(outcome)} ${inert(shown)}${inert(values)}`;
}

function cut(text: string): string {
  return text.length > 200 ? `${text.slice(0, 200)}…` : text;
}

function sign(outcome: boolean): string {
  return outcome ? '✓' : '✗';
}
