/** Syslog listeners over a test's pipeline, whose time passes when the test says so. */
import { fakeClock } from '../../src/base/clock.ts';
import { silentLogger } from '../../src/base/logger.ts';
import {
  type SyslogListenerConfig,
  type SyslogListeners,
  startSyslogListeners,
} from '../../src/pipeline/listen/index.ts';
import { defaultPipelineOptions } from '../../src/pipeline/options.ts';
import { startAt, type TestPipeline, tenant } from './pipeline.ts';

export interface TestListeners extends SyslogListeners {
  /** What happens every few moments, now. */
  tick(): void;
}

/** On this machine alone, on free ports unless one is given. */
export async function startTestListeners(
  { appender, contexts, detect, counters }: TestPipeline,
  config: Pick<SyslogListenerConfig, 'source' | 'transport' | 'tls'> & Partial<SyslogListenerConfig>,
): Promise<TestListeners> {
  const ticks: (() => void)[] = [];
  const listeners = await startSyslogListeners(
    [{ host: '127.0.0.1', port: 0, maxConnections: 2, ...config }],
    tenant,
    {
      appender,
      contexts,
      detect,
      counters,
      clock: fakeClock(startAt),
      options: defaultPipelineOptions,
      logger: silentLogger,
      every: (_ms, work) => {
        ticks.push(work);
        return () => undefined;
      },
    },
  );
  return {
    ...listeners,
    tick() {
      for (const one of ticks) one();
    },
  };
}
