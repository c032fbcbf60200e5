/** Detection: the rules that are evaluated, and what they came with. */

export { createRuleActivity, type RuleActivityReader } from './rule-activity.ts';
export { createRules, type RulesDeps } from './rules.ts';
export type {
  ActiveRule,
  ActiveRules,
  RefusedRule,
  RuleFile,
  RuleLoadReport,
  RuleQuery,
  RulesService,
} from './types.ts';
