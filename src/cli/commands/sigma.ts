/** `watchfloor sigma`: rules and files of events, without a service or a store. */
import type { Command } from 'commander';
import { sigmaCheckCommand, sigmaStatsCommand } from './sigma-check.ts';
import { sigmaConvertCommand } from './sigma-convert.ts';
import { sigmaExplainCommand } from './sigma-explain.ts';
import { sigmaMatchCommand } from './sigma-match.ts';

export function sigmaCommand(program: Command): void {
  const sigma = program.command('sigma').description('Sigma rules on files, without a service');
  sigmaMatchCommand(sigma);
  sigmaCheckCommand(sigma);
  sigmaExplainCommand(sigma);
  sigmaConvertCommand(sigma);
  sigmaStatsCommand(sigma);
}
