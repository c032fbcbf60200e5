/** Sysmon's events about processes (1, 5, 8, 10, 25) → OCSF. */
import type { NativeFields } from '../../../model/event.ts';
import type { OcsfObjects } from '../../../model/ocsf.ts';
import { readTimestamp } from './timestamp.ts';
import { int, known, text } from './windows-fields.ts';
import { account, file, hashes, integrityId, processOf, sysmonProcess } from './windows-objects.ts';
import { row } from './windows-row.ts';

type Process = OcsfObjects['process'];

/** A field of Sysmon's that holds an instant in UTC. */
export function instant(native: NativeFields, name: string): number | undefined {
  return readTimestamp(native[name])?.at;
}

function parentProcess(native: NativeFields): Process | undefined {
  const owner = account(text(native, 'ParentUser'));
  const parent = processOf(native, 'ParentImage', 'ParentProcessId', 'ParentProcessGuid', owner);
  return parent === undefined ? undefined : { ...parent, cmd_line: text(native, 'ParentCommandLine') };
}

/** A file with what Sysmon reads from its version resource. */
export function versionedFile(
  native: NativeFields,
  path: string | undefined,
): OcsfObjects['file'] | undefined {
  const product = text(native, 'Product');
  return file(path, {
    hashes: hashes(text(native, 'Hashes')),
    company_name: text(native, 'Company'),
    desc: text(native, 'Description'),
    internal_name: text(native, 'OriginalFileName'),
    version: text(native, 'FileVersion'),
    product: product === undefined ? undefined : { name: product },
  });
}

function created(native: NativeFields): Process | undefined {
  const process = sysmonProcess(native);
  const logonId = text(native, 'LogonId');
  if (process === undefined) return undefined;
  return {
    ...process,
    cmd_line: text(native, 'CommandLine'),
    file: versionedFile(native, text(native, 'Image')),
    created_time: instant(native, 'UtcTime'),
    working_directory: text(native, 'CurrentDirectory'),
    integrity: text(native, 'IntegrityLevel'),
    integrity_id: integrityId(text(native, 'IntegrityLevel')),
    session: logonId === undefined ? undefined : { uid: logonId, uid_alt: text(native, 'LogonGuid') },
    parent_process: parentProcess(native),
  };
}

export const processCreated = row('process_activity', 1, (native) => ({
  process: created(native),
  actor: known({ process: parentProcess(native), user: account(text(native, 'ParentUser')) }),
}));

export const processEnded = row('process_activity', 2, (native) => ({ process: sysmonProcess(native) }));

function source(native: NativeFields): OcsfObjects['actor'] | undefined {
  const guidField = native['SourceProcessGUID'] === undefined ? 'SourceProcessGuid' : 'SourceProcessGUID';
  const owner = account(text(native, 'SourceUser'));
  return known({
    process: processOf(native, 'SourceImage', 'SourceProcessId', guidField, owner),
    user: owner,
  });
}

function target(native: NativeFields): Process | undefined {
  const guidField = native['TargetProcessGUID'] === undefined ? 'TargetProcessGuid' : 'TargetProcessGUID';
  return processOf(native, 'TargetImage', 'TargetProcessId', guidField, account(text(native, 'TargetUser')));
}

/** OCSF's `injection_type_id` 1: remote thread. */
export const threadCreated = row('process_activity', 4, (native) => ({
  process: target(native),
  actor: source(native),
  injection_type_id: 1,
  injection_type: 'Remote Thread',
  module: known({
    start_address: text(native, 'StartAddress'),
    function_name: text(native, 'StartFunction'),
  }),
}));

export const processAccessed = row('process_activity', 3, (native) => ({
  process: target(native),
  actor: source(native),
  requested_permissions: int(native, 'GrantedAccess'),
  actual_permissions: int(native, 'GrantedAccess'),
}));

export const processTampered = row('process_activity', 4, (native) => ({
  process: sysmonProcess(native),
  injection_type_id: 99,
  injection_type: text(native, 'Type') ?? 'Other',
}));
