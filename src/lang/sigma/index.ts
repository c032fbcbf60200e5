/** Sigma 2.1.0 detection rules: text → tree → evaluator. Pure; depends on nothing of the service. */
export { type CompiledRule, type CompileOptions, compileRule, type Explained } from './compile.ts';
export { type EventLogsource, eventLogsource, looksAt } from './coverage.ts';
export type { Placeholders } from './expand.ts';
export type { Refusal } from './fault.ts';
export type { SigmaEvent } from './logsource.ts';
export { type LogsourceMappings, parseMappings } from './mappings.ts';
export { type ParsedFile, parseSigma } from './parse.ts';
export { type Level, levels, type RuleLogsource, type SigmaRule } from './rule.ts';
export { buildRuleSet, type RuleSet } from './ruleset.ts';
