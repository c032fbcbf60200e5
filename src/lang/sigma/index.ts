/** Sigma 2.1.0: text → tree → evaluator, correlations and filters. Pure; depends on nothing of the service. */
export {
  type CompiledRule,
  type CompileOptions,
  compileRule,
  type Explained,
  refusalOfRule,
} from './compile.ts';
export * from './correlation/index.ts';
export { type EventLogsource, looksAt } from './coverage.ts';
export type { Placeholders } from './expand.ts';
export {
  type ExplainedPart,
  type ExplainedRow,
  type Explanation,
  explainedRows,
  explainRule,
} from './explain.ts';
export { buildFastRuleSet, type FastOptions } from './fast/ruleset.ts';
export type { ProgramStore } from './fast/store.ts';
export type { Refusal } from './fault.ts';
export {
  applyFilters,
  type FilterReading,
  filterReadings,
  filterWarnings,
  type SigmaFilter,
} from './filter.ts';
export type { SigmaEvent } from './logsource.ts';
export { type LogsourceMappings, noMappings, parseMappings } from './mappings.ts';
export { type ModifierFacts, modifierFacts } from './modifiers.ts';
export { type PackedFile, packFile, unpackFile } from './packed.ts';
export { type ParsedFile, parseSigma } from './parse.ts';
export { type Level, levels, type RuleLogsource, type SigmaRule } from './rule.ts';
export { buildRuleSet, type EventBatch, type RuleSet } from './ruleset.ts';
export { type SqlBounds, type SqlOptions, sqlBounds } from './sql/condition.ts';
export { certainTexts, mayBeWrittenOtherwise, needlesOf } from './sql/needle.ts';
export { renderSql, type SqlText } from './sql/render.ts';
export { either, nothing, type SqlCondition, splitByRaw } from './sql/tree.ts';
export { isComputed, mayHold, type VerbatimParser } from './sql/verbatim.ts';
export { unroutedWarnings } from './unrouted.ts';
export { viewOf } from './view.ts';
export { sigmaVocabulary } from './vocabulary.ts';
