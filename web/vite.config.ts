/** Builds the console; the contract is handed over as routes only, so that no schema library is shipped. */
import { minifyContractRouter } from '@orpc/contract';
import react from '@vitejs/plugin-react';
import { defineConfig, type Plugin } from 'vite';
import { contract } from '../src/api/contract/index.ts';

const contractModule = 'virtual:watchfloor-contract';

/** The client needs method and path of each operation; its types come from the source, its schemas stay with the service. */
function contractRoutes(): Plugin {
  const resolved = `\0${contractModule}`;
  return {
    name: 'watchfloor-contract',
    resolveId: (id) => (id === contractModule ? resolved : null),
    load: (id) =>
      id === resolved
        ? `export const contract = ${JSON.stringify(minifyContractRouter(contract), withoutProse)};`
        : null,
  };
}

function withoutProse(key: string, value: unknown): unknown {
  return ['summary', 'description', 'tags'].includes(key) ? undefined : value;
}

export default defineConfig({
  plugins: [react(), contractRoutes()],
  server: { proxy: { '/api': 'http://localhost:4880' } },
  build: {
    outDir: 'dist',
    emptyOutDir: true,
    target: 'es2023',
    assetsInlineLimit: 0,
    reportCompressedSize: true,
  },
});
