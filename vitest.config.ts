/** Test suites: each is a project, run one after the other by bin/test.cjs; `soak` only by `npm run soak`. */
import { defineConfig } from 'vitest/config';

// Read once by libuv when a worker process starts its pool, so it must be in the environment that they inherit.
process.env['UV_THREADPOOL_SIZE'] ??= '16';

function suite(name: string, include: string[], timeoutMs: number, exclude: string[] = []) {
  return {
    extends: true as const,
    test: {
      name,
      include,
      exclude,
      testTimeout: timeoutMs,
      hookTimeout: timeoutMs,
      // How long something takes is nothing that a test says.
      expect: { poll: { timeout: timeoutMs / 4 } },
    },
  };
}

/** Everything that opens a real store. */
const stores = [
  'src/store/**/*.test.ts',
  'src/pipeline/{appender,dedupe,detect-consumer,intake,intake-formats,sequence,stateful}.test.ts',
  'src/pipeline/listen/listeners.test.ts',
  'src/pipeline/listen/tls.test.ts',
  'src/app/{expiry,backtest,backtest-exact,sigma-exact,sigma-superset,workbench}.test.ts',
];

export default defineConfig({
  test: {
    pool: 'forks',
    maxWorkers: 2,
    reporters: ['./tools/vitest-reporter.ts'],
    projects: [
      suite('unit', ['src/**/*.test.ts', 'web/src/**/*.test.ts'], 20_000, stores),
      suite('stores', stores, 120_000),
      suite('walls', ['test/walls/**/*.test.ts'], 300_000),
      suite('kill', ['test/kill/**/*.test.ts'], 300_000),
      suite('e2e', ['test/e2e/**/*.test.ts'], 180_000),
      suite('soak', ['test/soak/**/*.test.ts'], 24 * 3_600_000),
    ],
  },
});
