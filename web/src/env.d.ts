/** What the bundler provides beside the source. */
declare module 'virtual:watchfloor-contract' {
  import type { Contract } from '../../src/api/contract/index.ts';
  export const contract: Contract;
}
