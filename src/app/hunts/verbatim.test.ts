/** A parser that names its computed fields says that all others stand in raw: held to it, since a false word hides events. */
import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { repoRoot } from '../../../test/support/service.ts';
import { sharedPath } from '../../../test/support/shared.ts';
import type { RecordContext } from '../../model/batch.ts';
import { parseRecord } from '../../pipeline/parse.ts';
import { parsers } from '../../plugins/parsers/index.generated.ts';
import { certainParts } from '../../store/clickhouse/match.ts';

const recordings = [
  'otrf/psh_lsass_memory_dump_comsvcs.ndjson',
  'otrf/covenant_dcsync_dcerpc_drsuapi_DsGetNCChanges.ndjson',
  'otrf/psh_windows_vault_web_credentials.ndjson',
  'panther/windows-json.ndjson',
].map((name) => sharedPath('samples', 'windows-json', ...name.split('/')));
const files = [`${repoRoot}/content/demo/finance-intrusion.ndjson`, ...recordings].filter(
  (file) => file !== null,
);
if (files.length === 1)
  console.warn('the recordings are not here (WATCHFLOOR_SHARED): only the demo is looked at');

const context = {
  decoder: 'json',
  transport: 'file',
  tenant: 'main',
  source: 'import',
  id: 'c',
} as unknown as RecordContext;

describe('parsers that name their computed fields', () => {
  test.each(files)('every native value of %s is found by what the store looks for', (file) => {
    const missed: string[] = [];
    for (const line of readFileSync(file, 'utf8').split('\n')) {
      const outcome = line === '' ? null : parseRecord(line, context, parsers);
      if (outcome?.kind !== 'event' || outcome.parser.computed === undefined) continue;
      const raw = line.toLowerCase();
      const { computed } = outcome.parser;
      for (const [name, value] of Object.entries(outcome.event.native)) {
        if (computed.includes(name)) continue;
        for (const one of Array.isArray(value) ? value : [value]) {
          if (typeof one !== 'string' && typeof one !== 'number' && typeof one !== 'boolean') continue;
          const parts = certainParts(String(one));
          if (parts.length > 0 && !parts.some((part) => raw.includes(part.toLowerCase()))) {
            missed.push(`${name}: ${String(one)}`);
          }
        }
      }
    }
    expect(missed).toEqual([]);
  });
});
