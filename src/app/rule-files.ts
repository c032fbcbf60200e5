export { readRuleFiles } from '../features/detection/pack.ts';
