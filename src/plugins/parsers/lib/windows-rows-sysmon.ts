/** Sysmon's event ids → OCSF. */
import type { NativeFields } from '../../../model/event.ts';
import type { OcsfObjects } from '../../../model/ocsf.ts';
import { baseName, int, known, parentPath, text } from './windows-fields.ts';
import { account, endpoint, file, fileTypes, hashes, sysmonActor } from './windows-objects.ts';
import { type Row, type Rows, row, status } from './windows-row.ts';
import {
  instant,
  processAccessed,
  processCreated,
  processEnded,
  processTampered,
  threadCreated,
  versionedFile,
} from './windows-rows-sysmon-process.ts';

function fileRow(activity: 1 | 2 | 4 | 6, more?: typeof status.failure): Row {
  return row('file_activity', activity, (native) => ({
    file: file(text(native, 'TargetFilename'), {
      created_time: instant(native, 'CreationUtcTime'),
      hashes: hashes(text(native, 'Hashes') ?? text(native, 'Hash')),
    }),
    actor: sysmonActor(native),
    ...more,
  }));
}

/** Sysmon 3 tells the local side as source when the host did not initiate, so the direction goes beside it. */
const connected = row('network_activity', 1, (native) => {
  const initiated = text(native, 'Initiated');
  return {
    src_endpoint: endpoint(
      text(native, 'SourceIp'),
      int(native, 'SourcePort'),
      text(native, 'SourceHostname'),
    ),
    dst_endpoint: endpoint(
      text(native, 'DestinationIp'),
      int(native, 'DestinationPort'),
      text(native, 'DestinationHostname'),
    ),
    connection_info: {
      direction_id: initiated === 'true' ? 2 : initiated === 'false' ? 1 : 0,
      protocol_name: text(native, 'Protocol'),
    },
    is_src_dst_assignment_known: initiated === 'true',
    actor: sysmonActor(native),
  };
});

const driverLoaded = row('kernel_extension_activity', 1, (native) => {
  const driver = file(text(native, 'ImageLoaded'), { hashes: hashes(text(native, 'Hashes')) });
  return { driver: driver === undefined ? undefined : { file: driver } };
});

const moduleLoaded = row('module_activity', 1, (native) => {
  const loaded = versionedFile(native, text(native, 'ImageLoaded'));
  return { module: loaded === undefined ? undefined : { file: loaded }, actor: sysmonActor(native) };
});

const diskRead = row('file_activity', 2, (native) => ({
  file: file(text(native, 'Device'), { type_id: fileTypes.blockDevice }),
  actor: sysmonActor(native),
}));

const keyActivities: Readonly<Record<string, 1 | 4 | 5>> = { CreateKey: 1, DeleteKey: 4, RenameKey: 5 };

const registryKey = row(
  'registry_key_activity',
  (native) => keyActivities[text(native, 'EventType') ?? ''] ?? 0,
  (native) => {
    const path = text(native, 'TargetObject');
    const newName = text(native, 'NewName');
    return {
      // A renamed key is known by its new name; the old one goes beside it.
      reg_key: path === undefined ? undefined : { path: newName ?? path },
      prev_reg_key: path === undefined || newName === undefined ? undefined : { path },
      actor: sysmonActor(native),
    };
  },
);

const registryValue = row(
  'registry_value_activity',
  (native) => (text(native, 'EventType') === 'DeleteValue' ? 4 : 2),
  (native) => {
    const path = text(native, 'TargetObject');
    const value =
      path === undefined
        ? undefined
        : { path: parentPath(path), name: baseName(path), data: text(native, 'Details') };
    return { reg_value: value, actor: sysmonActor(native) };
  },
);

/** OCSF has no pipe class; a named pipe is a kind of file there. 1 Create, 14 Open. */
const pipe = row(
  'file_activity',
  (native) => (native['EventID'] === 17 ? 1 : 14),
  (native) => ({
    file: file(text(native, 'PipeName'), { type_id: fileTypes.pipe }),
    actor: sysmonActor(native),
  }),
);

const wmiActivities: Readonly<Record<string, 1 | 3 | 4>> = { Created: 1, Modified: 3, Deleted: 4 };

/** A permanent WMI subscription is an entity that somebody manages: filter, consumer, or what binds them. */
function wmiRow(kind: string): Row {
  return row(
    'entity_management',
    (native) => wmiActivities[text(native, 'Operation') ?? ''] ?? 99,
    (native) => ({
      activity_name: text(native, 'Operation'),
      entity: {
        type: kind,
        name: text(native, 'Name') ?? text(native, 'Filter'),
        data: text(native, 'Query') ?? text(native, 'Destination') ?? text(native, 'Consumer'),
      },
      actor: known({ user: account(text(native, 'User')) }),
    }),
  );
}

/** `::ffff:192.0.2.7;type:  5 alias.example;` as answers. */
function answers(results: string | undefined): OcsfObjects['dns_answer'][] | undefined {
  const list: OcsfObjects['dns_answer'][] = [];
  for (const part of results?.split(';') ?? []) {
    const record = /^type:\s*(\d{1,5})\s+(.+)$/.exec(part.trim());
    if (record !== null) list.push({ type: record[1], rdata: record[2] ?? '' });
    else if (part.trim() !== '') list.push({ rdata: part.trim() });
  }
  return list.length === 0 ? undefined : list;
}

/** The event holds question and answer: 6 Traffic. */
const dnsQuery = row('dns_activity', 6, (native) => {
  const name = text(native, 'QueryName');
  const code = int(native, 'QueryStatus');
  return {
    query: name === undefined ? undefined : { hostname: name },
    answers: answers(text(native, 'QueryResults')),
    status_code: text(native, 'QueryStatus'),
    ...(code === undefined ? {} : code === 0 ? status.success : status.failure),
    actor: sysmonActor(native),
  };
});

export const sysmonRows: Rows = new Map<number, Row | ((native: NativeFields) => Row)>([
  [1, processCreated],
  [2, fileRow(6)],
  [3, connected],
  [5, processEnded],
  [6, driverLoaded],
  [7, moduleLoaded],
  [8, threadCreated],
  [9, diskRead],
  [10, processAccessed],
  [11, fileRow(1)],
  [12, (native) => (text(native, 'EventType') === 'DeleteValue' ? registryValue : registryKey)],
  [13, registryValue],
  [14, registryKey],
  [15, fileRow(1)],
  [17, pipe],
  [18, pipe],
  [19, wmiRow('WMI event filter')],
  [20, wmiRow('WMI event consumer')],
  [21, wmiRow('WMI binding')],
  [22, dnsQuery],
  [23, fileRow(4)],
  [25, processTampered],
  [26, fileRow(4)],
  // Blocked by Sysmon's own configuration.
  [27, fileRow(1, status.failure)],
  [28, fileRow(4, status.failure)],
  [29, fileRow(1)],
]);
