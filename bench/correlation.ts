/** Time and memory of correlation state: an event_count over a million groups, and over few busy ones. */
import { createCorrelator, feedsOf, observe, parseSigma, resolveRules } from '../src/lang/sigma/index.ts';
import { collectGarbage, memoryOf, row } from './measure.ts';

const documents = `title: base
id: base
logsource: {product: test}
detection:
  sel: {a: b}
  condition: sel
---
title: many
id: many
correlation:
  type: event_count
  rules: [base]
  group-by: [User]
  timespan: 1h
  condition: {gte: 100}
`;

const groups = 1_000_000;
const batch = 5_000;

function cpuMicros(): number {
  const { user, system } = process.cpuUsage();
  return user + system;
}

/** MiB that the process holds, after what can be collected was. */
function held(): number {
  collectGarbage();
  const { heapUsed, arrayBuffers } = process.memoryUsage();
  return Math.round((heapUsed + arrayBuffers) / 2 ** 20);
}

export async function benchCorrelation(): Promise<void> {
  const { documents: rules, correlations, newTerms, filters } = parseSigma(documents, 'bench.yml');
  const { stateful } = resolveRules({ rules, correlations, newTerms, filters }, 'require');
  const feeds = feedsOf(stateful);
  const correlator = createCorrelator(stateful, { maxEntries: 3 * groups });
  const start = Date.UTC(2026, 10, 24);
  let n = 0;
  /** Observations come in batches, as the worker hands them over; making them and adding them are timed apart. */
  const feed = (events: number, of: (n: number) => string, perSecond: number) => {
    const cost = { observe: 0, add: 0 };
    let matches = 0;
    for (let done = 0; done < events; done += batch) {
      const began = cpuMicros();
      const made = Array.from({ length: batch }, (_, i) => {
        const time = start + Math.floor((n * 1_000) / perSecond);
        const at = { seq: 1 + Math.floor(n / batch), idx: i, time };
        n += 1;
        return observe(feeds, 'base', () => [of(done + i)], at);
      });
      const between = cpuMicros();
      for (const observations of made) {
        for (const observation of observations)
          matches += correlator.add(observation, observation.time).length;
      }
      cost.observe += between - began;
      cost.add += cpuMicros() - between;
    }
    return { matches, observe: cost.observe / events, add: cost.add / events };
  };
  console.log(
    '\n## Correlation state\n\n| events | CPU µs/event: observe | add | matches | MiB held by state | MiB resident (all of the process) |',
  );
  console.log('| --- | ---: | ---: | ---: | ---: | ---: |');
  const before = held();
  const told = async (
    what: string,
    events: number,
    of: (n: number) => string,
    perSecond: number,
  ): Promise<void> => {
    const { matches, observe: observed, add } = feed(events, of, perSecond);
    row(
      what,
      observed.toFixed(2),
      add.toFixed(2),
      matches,
      held() - before,
      (await memoryOf(process.pid)).now,
    );
  };
  await told('1,000,000, each a group of its own', groups, (i) => `CORP\\user.${i}`, 2_000_000);
  await told(
    '1,000,000 more, over the same groups',
    groups,
    (i) => `CORP\\user.${(i * 7919) % groups}`,
    2_000_000,
  );
  await told('5,000,000, over 1,000 groups', 5_000_000, (i) => `CORP\\user.${i % 1_000}`, 20_000);
  const began = performance.now();
  const bytes = correlator.snapshot('many');
  row(
    `snapshot of ${Math.round(bytes.length / 2 ** 20)} MiB, ms`,
    Math.round(performance.now() - began),
    '',
    '',
    '',
    '',
  );
}
