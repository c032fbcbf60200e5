/** Security events about access to an object (4656, 4657, 4662, 4663): the class depends on what it is → OCSF. */
import type { NativeFields } from '../../../model/event.ts';
import type { OcsfObjects } from '../../../model/ocsf.ts';
import { baseName, int, text } from './windows-fields.ts';
import { file, processOf, subjectActor } from './windows-objects.ts';
import { type Row, row } from './windows-row.ts';

function caller(native: NativeFields): OcsfObjects['actor'] | undefined {
  return subjectActor(native, processOf(native, 'ProcessName', 'ProcessId'));
}

const access = {
  readData: 0x1,
  writeData: 0x2,
  append: 0x4,
  delete: 0x10000,
  writeDac: 0x40000,
  writeOwner: 0x80000,
} as const;

function has(mask: number | undefined, ...bits: readonly number[]): boolean {
  return mask !== undefined && bits.some((bit) => Math.floor(mask / bit) % 2 === 1);
}

/** 4656 opens a handle; 4663 tells with its mask what was then done with it. */
const fileAccessed = row(
  'file_activity',
  (native) => {
    const mask = int(native, 'AccessMask');
    if (native['EventID'] === 4656) return 14;
    if (has(mask, access.delete)) return 4;
    if (has(mask, access.writeDac, access.writeOwner)) return 7;
    if (has(mask, access.writeData, access.append)) return 3;
    return has(mask, access.readData) ? 2 : 14;
  },
  (native) => ({
    file: file(text(native, 'ObjectName')),
    access_mask: int(native, 'AccessMask'),
    actor: caller(native),
  }),
);

/** Bits of a key's access mask: 0x2 sets a value, 0x4 creates a subkey. */
const keyAccessed = row(
  'registry_key_activity',
  (native) => {
    const mask = int(native, 'AccessMask');
    if (native['EventID'] === 4656) return 2;
    if (has(mask, access.delete)) return 4;
    if (has(mask, access.writeDac, access.writeOwner)) return 6;
    return has(mask, 0x2, 0x4) ? 3 : 2;
  },
  (native) => {
    const path = text(native, 'ObjectName');
    return {
      reg_key: path === undefined ? undefined : { path },
      access_mask: int(native, 'AccessMask'),
      actor: caller(native),
    };
  },
);

const processOpened = row('process_activity', 3, (native) => {
  const path = text(native, 'ObjectName');
  return {
    process: path === undefined ? undefined : { name: baseName(path), file: file(path) },
    requested_permissions: int(native, 'AccessMask'),
    actor: caller(native),
  };
});

/** OCSF's `win_resource.type_id` of the object types that are audited most. */
const resourceTypes: Readonly<Record<string, number>> = {
  Directory: 1,
  Event: 2,
  Timer: 3,
  Device: 4,
  Mutant: 5,
  File: 7,
  Token: 8,
  Thread: 9,
  Section: 10,
  Desktop: 22,
  Process: 20,
  Key: 25,
  Semaphore: 28,
  Job: 29,
  'ALPC Port': 32,
  SAM_ALIAS: 33,
  SAM_GROUP: 34,
  SAM_USER: 35,
  SAM_DOMAIN: 36,
  SAM_SERVER: 37,
};

export const resourceAccessed = row('windows_resource_activity', 1, (native) => {
  const type = text(native, 'ObjectType');
  const name = text(native, 'ObjectName');
  const resource = {
    name,
    type,
    type_id: type === undefined ? 0 : (resourceTypes[type] ?? 99),
    uid: text(native, 'HandleId'),
    svc_name: text(native, 'ObjectServer'),
  };
  return {
    win_resource: type === undefined && name === undefined ? undefined : resource,
    actor: caller(native),
  };
});

export function objectRow(native: NativeFields): Row {
  switch (native['ObjectType']) {
    case 'File':
      return fileAccessed;
    case 'Key':
      return keyAccessed;
    case 'Process':
      return processOpened;
    default:
      return resourceAccessed;
  }
}

const valueActivities: Readonly<Record<string, 2 | 3 | 4>> = { '%%1904': 2, '%%1905': 3, '%%1906': 4 };

export const registryValueChanged = row(
  'registry_value_activity',
  (native) => valueActivities[text(native, 'OperationType') ?? ''] ?? 0,
  (native) => {
    const path = text(native, 'ObjectName');
    const name = text(native, 'ObjectValueName');
    const whole =
      path === undefined || name === undefined ? undefined : { path, name, data: text(native, 'NewValue') };
    return { reg_value: whole, actor: caller(native) };
  },
);
