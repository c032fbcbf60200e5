/** ATT&CK tags of Sigma rules, as the command line reads them too. */
export { type AttackTags, attackTags } from '../../../src/api/contract/attack.ts';
