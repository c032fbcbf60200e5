import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { sharedPath } from '../../../test/support/shared.ts';
import { compileRule, parseMappings, parseSigma } from '../../lang/sigma/index.ts';
import type { RecordContext } from '../../model/batch.ts';
import type { ContextId, SourceId } from '../../model/ids.ts';
import { mainTenant } from '../../model/ids.ts';
import { parseRecord } from '../../pipeline/parse.ts';
import windowsJson from '../../plugins/parsers/windows-json.ts';

/** Recordings of attacks on real machines (OTRF Security Datasets); most begin or end with emptied logs. */
const folder = sharedPath('samples', 'windows-json', 'otrf');
const there = folder !== null && existsSync(folder);
if (!there) console.log('skipped: the recordings of attacks are not here (WATCHFLOOR_SHARED)');

const content = new URL('../../../content/', import.meta.url);
const mappings = parseMappings(readFileSync(new URL('mappings/windows.yml', content), 'utf8'));
const rules = readdirSync(new URL('rules/', content))
  .filter((name) => !name.endsWith('.evidence.yml'))
  .map((name) => {
    const { documents } = parseSigma(readFileSync(new URL(`rules/${name}`, content), 'utf8'), name);
    const compiled = compileRule(documents[0]!, { mappings });
    if (!compiled.ok) throw new Error(compiled.error.reason);
    return { name: name.replace(/\.yml$/, ''), compiled: compiled.value };
  });
const context: RecordContext = {
  id: 'c' as ContextId,
  tenant: mainTenant,
  source: 'import' as SourceId,
  decoder: 'json',
  transport: 'file',
};

/** Which starter rules match how many events of a recording. */
function matchesIn(file: string): Readonly<Record<string, number>> {
  const found: Record<string, number> = {};
  for (const line of readFileSync(file, 'utf8').split('\n')) {
    const outcome = parseRecord(line, context, [windowsJson]);
    if (outcome.kind !== 'event') continue;
    const event = { fields: outcome.event.native, logsource: outcome.event.logsource };
    for (const { name, compiled } of rules) {
      if (compiled.matches(event)) found[name] = (found[name] ?? 0) + 1;
    }
  }
  return found;
}

describe.skipIf(!there)('starter rules on recordings of attacks', () => {
  const emptied = { win_security_log_cleared: 1 };
  const both = { ...emptied, win_system_log_cleared: 1 };
  const cases = [
    {
      file: 'cmd_lsass_memory_dumpert_syscalls',
      found: { ...emptied, win_lsass_access: 2 },
      why: 'an unknown program opens LSASS',
    },
    {
      file: 'cmd_psexec_lsa_secrets_dump',
      found: {
        ...both,
        win_system_psexec_service: 1,
        win_security_psexec_service: 1,
        win_registry_secrets_saved: 2,
      },
      why: 'PsExec saves the secrets hive; two logs tell of each',
    },
    { file: 'covenant_com_wsman_automation', found: { win_remote_process: 1 }, why: 'a command through WMI' },
    {
      file: 'covenant_dcsync_dcerpc_drsuapi_DsGetNCChanges',
      found: { win_dcsync: 1 },
      why: 'a person’s account replicates secrets',
    },
    {
      file: 'covenant_getdomaingroup_ldap_searchrequest_domain_admins',
      found: {},
      why: 'a directory search is nothing that these rules know: no noise',
    },
    {
      file: 'psh_cmstp_execution_bypassuac',
      found: { ...emptied, win_cmstp_inf: 2 },
      why: 'CMSTP with an INF',
    },
    {
      file: 'psh_input_capture_promptforcreds',
      found: both,
      why: 'asking for a password looks like what administrators do: only the emptied logs',
    },
    {
      file: 'psh_lsass_memory_dump_comsvcs',
      found: { ...emptied, win_lsass_dump_comsvcs: 2, win_lsass_access: 2 },
      why: 'comsvcs dumps LSASS',
    },
    { file: 'psh_mavinject_dll_notepad', found: { ...both, win_mavinject: 2 }, why: 'mavinject injects' },
    {
      file: 'psh_windows_vault_web_credentials',
      found: { ...emptied, win_vault_read: 1 },
      why: 'PowerShell reads the vault',
    },
  ];
  it.each(cases)('$file: $why', ({ file, found }) => {
    expect(matchesIn(join(folder ?? '', `${file}.ndjson`))).toEqual(found);
  });
});
