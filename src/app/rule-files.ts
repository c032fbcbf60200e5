export { type Pack, type PackFile, readRuleFiles } from '../features/detection/pack.ts';
