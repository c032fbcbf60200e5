/** Vitest's own report, then why each test was skipped; and the counts in a file for bin/test.cjs to add up. */
import { writeFileSync } from 'node:fs';
import { DefaultReporter, type TestModule } from 'vitest/node';

type RunEnd = Parameters<DefaultReporter['onTestRunEnd']>;

/** What bin/test.cjs reads. */
interface SuiteCounts {
  passed: number;
  failed: number;
  skipped: number;
}

/** Skipped tests by reason, so that fifty tests without a browser are one line. */
function skippedByReason(modules: readonly TestModule[]): Map<string, string[]> {
  const byReason = new Map<string, string[]>();
  for (const module of modules) {
    for (const test of module.children.allTests('skipped')) {
      const result = test.result();
      const note = result.state === 'skipped' ? result.note : undefined;
      const reason = note ?? (test.options.mode === 'todo' ? 'marked todo' : 'marked skip, no reason given');
      byReason.set(reason, [...(byReason.get(reason) ?? []), `${module.relativeModuleId}: ${test.fullName}`]);
    }
  }
  return byReason;
}

function countTests(modules: readonly TestModule[], unhandled: number): SuiteCounts {
  const counts = { passed: 0, failed: unhandled, skipped: 0 };
  for (const module of modules) {
    // A file that could not be loaded has errors and no tests: it must not pass for an empty one.
    counts.failed += module.errors().length;
    for (const test of module.children.allTests()) {
      const { state } = test.result();
      if (state === 'passed' || state === 'failed' || state === 'skipped') counts[state] += 1;
      else counts.failed += 1;
    }
  }
  return counts;
}

export default class SuiteReporter extends DefaultReporter {
  override onTestRunEnd(modules: RunEnd[0], unhandled: RunEnd[1], reason: RunEnd[2]): void {
    super.onTestRunEnd(modules, unhandled, reason);
    // A name filter (-t) skips what it leaves out; that needs no explanation.
    if (process.env['WF_TEST_SUMMARY'] === undefined) return;
    for (const [why, tests] of skippedByReason(modules)) {
      process.stdout.write(`skipped (${why}): ${tests.length}\n`);
      for (const test of tests.slice(0, 5)) process.stdout.write(`  ${test}\n`);
      if (tests.length > 5) process.stdout.write(`  and ${tests.length - 5} more\n`);
    }
    writeFileSync(process.env['WF_TEST_SUMMARY'], JSON.stringify(countTests(modules, unhandled.length)));
  }
}
