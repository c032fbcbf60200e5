/** The promise of the queue on real data: recordings of attacks, the whole public rule collection, the default profile. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openTestRecords } from '../../test/support/records.ts';
import { sharedPath } from '../../test/support/shared.ts';
import { fakeClock } from '../base/clock.ts';
import { hashId } from '../base/ids.ts';
import { silentLogger } from '../base/logger.ts';
import { createQueue, foldDetections } from '../features/alerts/index.ts';
import { createAssets } from '../features/assets/assets.ts';
import { createRules } from '../features/detection/index.ts';
import { readRuleFiles } from '../features/detection/pack.ts';
import { parseMappings } from '../lang/sigma/index.ts';
import type { Actor } from '../model/actor.ts';
import type { Detection } from '../model/detection.ts';
import type { ContextId, EventId, SourceId, TenantId } from '../model/ids.ts';
import { mainTenant } from '../model/ids.ts';
import type { QueueRow } from '../model/queue.ts';
import { createEvaluator, type Evaluator } from '../pipeline/evaluate.ts';
import { layOut } from '../pipeline/lay-out.ts';
import { processBatch } from '../pipeline/process.ts';
import { createStateful } from '../pipeline/stateful.ts';
import type { PipelineWorker } from '../pipeline/worker-client.ts';
import { parsers } from '../plugins/parsers/index.generated.ts';
import type { Records } from '../store/records.ts';
import { loadStarterRules } from './content.ts';
import { paths } from './paths.ts';
import { readNeverGroup, readProfiles } from './queue-content.ts';
import { createRuleBook, type RuleBook } from './rule-book.ts';

const folder = sharedPath('samples', 'windows-json', 'otrf');
const archive = sharedPath('sigma', 'sigmahq-rules.tar.gz');
const there = folder !== null && archive !== null && existsSync(folder) && existsSync(archive);
if (!there)
  console.log('skipped: recordings and the public rule collection are not here (WATCHFLOOR_SHARED)');

const startAt = Date.UTC(2026, 10, 25, 8);
const clock = fakeClock(startAt);
const engineer: Actor = {
  kind: 'person',
  id: 'p1',
  name: 'Engi Neer',
  tenant: mainTenant,
  roles: ['engineer'],
};

describe.skipIf(!there)('ten recordings of attacks under the whole collection', { timeout: 120_000 }, () => {
  let test: Awaited<ReturnType<typeof openTestRecords>>;
  let records: Records;
  let evaluator: Evaluator;
  let ruleBook: RuleBook;
  let neverGroup: Awaited<ReturnType<typeof compiledNeverGroup>>;
  const files = there ? readdirSync(folder ?? '').sort() : [];

  beforeAll(async () => {
    test = await openTestRecords();
    ({ records } = test);
    neverGroup = await compiledNeverGroup(records);
    const mappings = parseMappings(readFileSync(paths.mappings, 'utf8'));
    const rules = createRules({
      records,
      clock,
      mappings,
      filterReading: 'require',
      profiles: await readProfiles(),
    });
    await loadStarterRules({ rules, records });
    const pack = await readRuleFiles(archive ?? '');
    const report = await rules.load(engineer, pack.files, {
      state: 'profile',
      profile: 'default',
      pack: 'sigmahq',
      overwrite: false,
    });
    expect(report.added).toBeGreaterThan(3_700);
    const setRules: PipelineWorker['setRules'] = async (active) => {
      evaluator = createEvaluator(active, mappings);
      const { size, refused, stateful } = evaluator;
      return { kind: 'rules', size, refused, stateful };
    };
    const worker = { setRules } as PipelineWorker;
    ruleBook = createRuleBook({
      rules,
      records,
      worker,
      stateful: createStateful({ records, logger: silentLogger }),
      logger: silentLogger,
    });
    await ruleBook.refresh();
  }, 120_000);
  afterAll(() => test?.close());

  /** Folds a recording for a tenant; `at` keeps the events of several apart. */
  async function importRecording(tenant: TenantId, file: string, seq: number): Promise<void> {
    const lines = readFileSync(join(folder ?? '', file), 'utf8')
      .split('\n')
      .filter((line) => line !== '');
    const { detections } = processBatch(
      {
        seq,
        context: {
          id: 'c' as ContextId,
          tenant,
          source: 'import' as SourceId,
          decoder: 'json',
          transport: 'file',
        },
        receivedAt: startAt,
        ...layOut(lines.map((line) => Buffer.from(line))),
        ids: lines.map((line) => hashId(tenant, file, line) as EventId),
        flaws: new Map(),
        skip: new Set(),
      },
      { parsers, evaluator, range: { earliest: 0, futureLimitMs: 0 } },
      { rows: false },
    );
    await fold(detections);
  }

  const fold = (detections: readonly Detection[]) =>
    records.transaction((tx) =>
      foldDetections(tx, detections, { now: startAt, rules: (...key) => ruleBook.facts(...key), neverGroup }),
    );

  async function rowsOf(tenant: TenantId): Promise<readonly QueueRow[]> {
    const queue = createQueue({ records, clock, identities: () => Promise.resolve(null) });
    const asker = { tenant, id: engineer.id };
    const page = await queue.list(asker, { timeBasis: 'alert', sort: 'priority', limit: 100 });
    return page.items;
  }

  it('are at most 12 rows of the queue, and a user who logs off is none', async () => {
    const tenant = 'all' as TenantId;
    for (const [n, file] of files.entries()) await importRecording(tenant, file, n + 1);
    const rows = await rowsOf(tenant);
    const told = rows.map((row) => `${row.priority} ${row.title} (${row.alerts}; ${row.reason})`);
    expect(files).toHaveLength(10);
    expect(rows.length).toBeLessThanOrEqual(12);
    expect(rows.length).toBeGreaterThan(3);
    expect(told.filter((text) => /log ?off/i.test(text))).toEqual([]);
    const observed = await records.db
      .selectFrom('detections')
      .innerJoin('rules', 'rules.id', 'detections.rule_id')
      .select(['rules.title', 'detections.outcome'])
      .where('detections.tenant', '=', tenant)
      .where('rules.title', '=', 'User Logoff Event')
      .execute();
    expect(observed.length).toBeGreaterThan(0);
    expect(new Set(observed.map((row) => row.outcome))).toEqual(new Set(['observed']));
  });

  it.each([
    {
      file: 'psh_lsass_memory_dump_comsvcs',
      title: /lsass|comsvcs/i,
      tag: /^attack\.t1003\.001$/,
      why: 'credentials are dumped with comsvcs',
    },
    {
      file: 'cmd_lsass_memory_dumpert_syscalls',
      title: /dumpert/i,
      tag: /^attack\.t1003\.001$/,
      why: 'credentials are dumped by Dumpert',
    },
    {
      file: 'cmd_psexec_lsa_secrets_dump',
      title: /hive/i,
      tag: /^attack\.t1003\.00[24]$/,
      why: 'the secrets hive is saved',
    },
    {
      file: 'covenant_dcsync_dcerpc_drsuapi_DsGetNCChanges',
      title: /secrets replicated|dcsync/i,
      tag: /^attack\.t1003\.006$/,
      why: 'DCSync',
    },
    {
      file: 'psh_cmstp_execution_bypassuac',
      title: /cmstp/i,
      tag: /^attack\.t1218\.003$/,
      why: 'UAC is bypassed with CMSTP',
    },
  ])('$file: $why, and that is what its queue begins with', async ({ file, tag, title }) => {
    const tenant = file as TenantId;
    await importRecording(tenant, `${file}.ndjson`, 1);
    const rows = await rowsOf(tenant);
    const [first] = rows;
    expect(first?.title).toMatch(title);
    // The clocks of two logs may lie hours apart: then the technique is two rows, which may be equal.
    const others = rows.filter((row) => !row.tags.some((one) => tag.test(one)));
    for (const other of others) expect(other.priority).toBeLessThan(first?.priority ?? 0);
  });
});

async function compiledNeverGroup(records: Records) {
  const assets = createAssets({ records, clock, shipped: await readNeverGroup() });
  return assets.compiled();
}
