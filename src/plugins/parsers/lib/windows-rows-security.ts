/** Event ids of the Security channel → OCSF; those about identities are in their own file. */
import type { NativeFields } from '../../../model/event.ts';
import type { OcsfObjects } from '../../../model/ocsf.ts';
import { int, known, text } from './windows-fields.ts';
import { endpoint, file, processOf, remoteEndpoint, subjectActor, user } from './windows-objects.ts';
import { type Row, type Rows, row, status } from './windows-row.ts';
import { objectRow, registryValueChanged, resourceAccessed } from './windows-rows-access.ts';
import { identityRows } from './windows-rows-identity.ts';
import { jobRow, logCleared, serviceInstalled } from './windows-rows-shared.ts';

function creator(native: NativeFields): OcsfObjects['process'] | undefined {
  return processOf(native, 'ParentProcessName', 'ProcessId');
}

/** Mandatory label → OCSF's `integrity_id`. */
const labels: Readonly<Record<string, number>> = {
  'S-1-16-0': 1,
  'S-1-16-4096': 2,
  'S-1-16-8192': 3,
  'S-1-16-12288': 4,
  'S-1-16-16384': 5,
  'S-1-16-20480': 6,
};

const processCreated = row('process_activity', 1, (native) => {
  const target = user(native, 'Target');
  // Without a target the new process runs as its creator.
  const owner = target?.name === undefined ? user(native, 'Subject') : target;
  const process = processOf(native, 'NewProcessName', 'NewProcessId', undefined, owner);
  return {
    process:
      process === undefined
        ? undefined
        : {
            ...process,
            cmd_line: text(native, 'CommandLine'),
            integrity_id: labels[text(native, 'MandatoryLabel') ?? ''],
            parent_process: creator(native),
          },
    actor: subjectActor(native, creator(native)),
  };
});

const processEnded = row('process_activity', 2, (native) => ({
  process: processOf(native, 'ProcessName', 'ProcessId', undefined, user(native, 'Subject')),
  exit_code: int(native, 'Status'),
  actor: subjectActor(native),
}));

/** IANA's protocol numbers that the filtering platform names most. */
const protocols: Readonly<Record<number, string>> = { 1: 'icmp', 6: 'tcp', 17: 'udp', 58: 'ipv6-icmp' };
const directions: Readonly<Record<string, number>> = { '%%14592': 1, Inbound: 1, '%%14593': 2, Outbound: 2 };

type NetworkActivity = 1 | 5 | 7 | 99;

function filteringRow(
  activity: NetworkActivity,
  more: { status_id?: number; status?: string; activity_name?: string },
): Row {
  return row('network_activity', activity, (native) => {
    const protocol = int(native, 'Protocol');
    return {
      src_endpoint: endpoint(text(native, 'SourceAddress'), int(native, 'SourcePort')),
      dst_endpoint: endpoint(text(native, 'DestAddress'), int(native, 'DestPort')),
      connection_info: {
        direction_id: directions[text(native, 'Direction') ?? ''] ?? 0,
        protocol_num: protocol,
        protocol_name: protocol === undefined ? undefined : protocols[protocol],
      },
      actor: known({
        process: processOf(
          native,
          'Application',
          native['ProcessID'] === undefined ? 'ProcessId' : 'ProcessID',
        ),
      }),
      ...more,
    };
  });
}

/** 5140 tells that a share was reached (99), 5145 which file in it was asked for (2, File Open). */
const shareAccessed = row(
  'smb_activity',
  (native) => (native['EventID'] === 5145 ? 2 : 99),
  (native) => ({
    activity_name: native['EventID'] === 5145 ? undefined : 'Share Access',
    share: text(native, 'ShareName'),
    file: file(text(native, 'RelativeTargetName')),
    src_endpoint: remoteEndpoint(native),
    actor: subjectActor(native),
  }),
);

export const securityRows: Rows = new Map<number, Row | ((native: NativeFields) => Row)>([
  ...identityRows,
  [1102, logCleared],
  [4656, objectRow],
  [4657, registryValueChanged],
  [4662, resourceAccessed],
  [4663, objectRow],
  [4688, processCreated],
  [4689, processEnded],
  [4697, serviceInstalled],
  [4698, jobRow(1)],
  [4699, jobRow(3)],
  [4700, jobRow(4)],
  [4701, jobRow(5)],
  [4702, jobRow(2)],
  [5140, shareAccessed],
  [5145, shareAccessed],
  [5152, filteringRow(5, status.failure)],
  [5154, filteringRow(7, status.success)],
  [5156, filteringRow(1, status.success)],
  [5157, filteringRow(5, status.failure)],
  [5158, filteringRow(99, { ...status.success, activity_name: 'Bind' })],
]);
