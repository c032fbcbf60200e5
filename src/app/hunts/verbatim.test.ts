/** A parser that names its computed fields says that all others stand in raw: held to it, since a false word hides events. */
import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { goldenContext, readGolden } from '../../../test/support/golden.ts';
import { repoRoot } from '../../../test/support/service.ts';
import { sharedPath } from '../../../test/support/shared.ts';
import { parseRecord } from '../../pipeline/parse.ts';
import { parsers } from '../../plugins/parsers/index.generated.ts';
import { certainParts } from '../../store/clickhouse/match.ts';

const recordings = [
  'otrf/psh_lsass_memory_dump_comsvcs.ndjson',
  'otrf/covenant_dcsync_dcerpc_drsuapi_DsGetNCChanges.ndjson',
  'otrf/psh_windows_vault_web_credentials.ndjson',
  'panther/windows-json.ndjson',
].map((name) => sharedPath('samples', 'windows-json', ...name.split('/')));
const files = [`${repoRoot}/test/fixtures/finance-intrusion.ndjson`, ...recordings].filter(
  (file) => file !== null,
);
if (files.length === 1)
  console.warn('the recordings are not here (WATCHFLOOR_SHARED): only the fixture is looked at');

/** Values of native fields that should stand in the record as it is, and do not. */
function missing(record: string): string[] {
  const outcome = parseRecord(record, goldenContext, parsers);
  if (outcome.kind !== 'event' || outcome.parser.computed === undefined) return [];
  const { computed } = outcome.parser;
  const raw = record.toLowerCase();
  return Object.entries(outcome.event.native).flatMap(([name, value]) => {
    if (computed.includes(name)) return [];
    return scalars(value)
      .filter((text) => {
        const parts = certainParts(text);
        return parts.length > 0 && !parts.some((part) => raw.includes(part.toLowerCase()));
      })
      .map((text) => `${name}: ${text}`);
  });
}

function scalars(value: unknown): readonly string[] {
  if (Array.isArray(value)) return value.flatMap(scalars);
  if (typeof value === 'object' && value !== null) return Object.values(value).flatMap(scalars);
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean'
    ? [String(value)]
    : [];
}

describe('parsers that name their computed fields', () => {
  test.each(files)('every other native value of %s is found by what the store looks for', (file) => {
    const lines = readFileSync(file, 'utf8').split('\n');
    expect(lines.flatMap(missing)).toEqual([]);
  });

  const named = parsers.filter((parser) => parser.computed !== undefined).map((parser) => parser.name);
  test.each(named)('the same in every golden record of %s', (name) => {
    const cases = readGolden(`${repoRoot}/src/plugins/parsers/${name}.golden.yml`);
    expect(
      cases.flatMap((one) => missing(typeof one.raw === 'string' ? one.raw : JSON.stringify(one.raw))),
    ).toEqual([]);
  });
});
