/** Where the program's own files are, run from source or from a bundle in dist/. */
import { fileURLToPath } from 'node:url';

const fromSource = import.meta.url.endsWith('.ts');
const root = new URL(fromSource ? '../../' : '../', import.meta.url);

const at = (path: string): string => fileURLToPath(new URL(path, root));

export const paths = {
  console: at('web/dist/'),
  mappings: at('content/mappings/windows.yml'),
  starterRules: at('content/rules/'),
  neverGroup: at('content/never-group.yml'),
  profiles: at('content/profiles/'),
  recordsSeed: at('dist/records-seed.tar.gz'),
} as const;

/** Entry points of worker threads. */
export const workers = {
  pipeline: new URL(fromSource ? 'src/pipeline/worker.ts' : 'dist/pipeline-worker.mjs', root),
  match: new URL(fromSource ? 'src/app/sigma-match-worker.ts' : 'dist/sigma-match-worker.mjs', root),
  pglite: new URL(fromSource ? 'src/store/pglite/worker.ts' : 'dist/pglite-worker.mjs', root),
} as const;
