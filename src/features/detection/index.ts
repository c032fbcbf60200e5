/** Detection: the rules that are evaluated, and what they came with. */
export { countLogsources, type LogsourceTally } from './coverage.ts';
export { expireDetections } from './expire.ts';
export { type Profile, parseProfile } from './profile.ts';
export { createRules } from './rules.ts';
export type {
  ActiveRule,
  ActiveRules,
  LoadOptions,
  RefusedRule,
  RuleEvidence,
  RuleFile,
  RuleLoadReport,
  RuleQuery,
  RulesDeps,
  RulesService,
} from './types.ts';
