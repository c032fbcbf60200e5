/** Feeds the demo through the real intake: the story once, its everyday for as long as the service runs. */
import { Readable } from 'node:stream';
import type { Clock } from '../../base/clock.ts';
import type { Logger } from '../../base/logger.ts';
import type { SourceId, TenantId } from '../../model/ids.ts';
import type { Intake } from '../../pipeline/intake.ts';
import type { Records } from '../../store/records.ts';
import { demoNoise, demoScenario } from './scenario.ts';

export interface DemoDeps {
  readonly intake: Intake;
  readonly records: Records;
  readonly clock: Clock;
  readonly logger: Logger;
}

export interface DemoFeed {
  stop(): Promise<void>;
}

const metaKey = 'demo_told_at';
const everyMs = 5_000;

/**
 * Resolves when the story is in the queue. It is told up to the moment of the first start in this data
 * directory: later starts give the same records, of which nothing is stored twice.
 */
export async function startDemo(deps: DemoDeps, tenant: TenantId): Promise<DemoFeed> {
  const { windows, aws } = demoScenario(await toldAt(deps));
  await tell(deps.intake, tenant, 'demo-windows', windows);
  await tell(deps.intake, tenant, 'demo-aws', aws);
  return everyday(deps, tenant);
}

async function toldAt({ records, clock }: DemoDeps): Promise<number> {
  await records.db
    .insertInto('meta')
    .values({ key: metaKey, value: String(clock.now()) })
    .onConflict((conflict) => conflict.column('key').doNothing())
    .execute();
  const { value } = await records.db
    .selectFrom('meta')
    .select('value')
    .where('key', '=', metaKey)
    .executeTakeFirstOrThrow();
  return Number(value);
}

async function tell(
  intake: Intake,
  tenant: TenantId,
  source: string,
  told: readonly object[],
): Promise<void> {
  await intake.importStream({
    tenant,
    source: source as SourceId,
    fileName: `${source}.ndjson`,
    body: Readable.from([lines(told)]),
    signal: new AbortController().signal,
  });
}

function everyday({ intake, clock, logger }: DemoDeps, tenant: TenantId): DemoFeed {
  const noise = demoNoise(clock.now());
  const stopped = new AbortController();
  let delivery: Promise<unknown> = Promise.resolve();
  const timer = setInterval(() => {
    delivery = intake
      .deliver({
        tenant,
        source: 'demo-windows' as SourceId,
        body: Readable.from([lines(noise.windows(clock.now()))]),
        encoding: 'identity',
        idempotencyKey: null,
        signal: stopped.signal,
      })
      .catch((thrown: unknown) =>
        logger.warn({ reason: String(thrown) }, "the demo's records were not taken"),
      );
  }, everyMs);
  return {
    async stop() {
      clearInterval(timer);
      await delivery;
    },
  };
}

function lines(records: readonly object[]): Buffer {
  return Buffer.from(records.map((record) => `${JSON.stringify(record)}\n`).join(''), 'utf8');
}
