/** Event ids of the Security channel about logons, accounts and groups → OCSF. */
import type { NativeFields } from '../../../model/event.ts';
import type { OcsfObjects } from '../../../model/ocsf.ts';
import { int, known, text } from './windows-fields.ts';
import { account, endpoint, processOf, remoteEndpoint, subjectActor, user } from './windows-objects.ts';
import { type Row, row, status } from './windows-row.ts';

/** OCSF's `logon_type_id` has Windows' numbers, but for 0 (System, there 1). */
const logonTypes: Readonly<Record<number, string>> = {
  0: 'System',
  2: 'Interactive',
  3: 'Network',
  4: 'Batch',
  5: 'OS Service',
  7: 'Unlock',
  8: 'Network Cleartext',
  9: 'New Credentials',
  10: 'Remote Interactive',
  11: 'Cached Interactive',
  12: 'Cached Remote Interactive',
  13: 'Cached Unlock',
};
const remoteLogons = new Set([3, 8, 10, 12]);

function logonType(native: NativeFields): {
  logon_type_id?: number;
  logon_type?: string;
  is_remote?: boolean;
  is_cleartext?: boolean;
} {
  const type = int(native, 'LogonType');
  if (type === undefined) return {};
  const name = logonTypes[type];
  if (name === undefined) return { logon_type_id: 99, logon_type: String(type) };
  return {
    logon_type_id: type === 0 ? 1 : type,
    logon_type: name,
    is_remote: remoteLogons.has(type),
    is_cleartext: type === 8,
  };
}

function authProtocol(native: NativeFields): { auth_protocol?: string; auth_protocol_id?: number } {
  const name = text(native, 'AuthenticationPackageName') ?? text(native, 'PackageName');
  if (name === undefined) return {};
  const id = /^(?:NTLM|MICROSOFT_AUTHENTICATION_PACKAGE)/i.test(name) ? 1 : /^Kerberos/i.test(name) ? 2 : 99;
  return { auth_protocol: name, auth_protocol_id: id };
}

function session(native: NativeFields, field: string): OcsfObjects['session'] | undefined {
  return known({ uid: text(native, field), uuid: text(native, 'LogonGuid') });
}

const logon = row('authentication', 1, (native) => ({
  user: user(native, 'Target'),
  actor: subjectActor(native, processOf(native, 'ProcessName', 'ProcessId')),
  src_endpoint: remoteEndpoint(native),
  session: session(native, 'TargetLogonId'),
  is_new_logon: true,
  ...logonType(native),
  ...authProtocol(native),
  ...status.success,
}));

const failedLogon = row('authentication', 1, (native) => ({
  user: user(native, 'Target'),
  actor: subjectActor(native, processOf(native, 'ProcessName', 'ProcessId')),
  src_endpoint: remoteEndpoint(native),
  status_code: text(native, 'SubStatus') ?? text(native, 'Status'),
  status_detail: text(native, 'FailureReason'),
  ...logonType(native),
  ...authProtocol(native),
  ...status.failure,
}));

const logoff = row('authentication', 2, (native) => ({
  user: user(native, 'Target'),
  session: session(native, 'TargetLogonId'),
  ...logonType(native),
}));

/** Somebody gave another account's credentials: the subject acts, the target is who logs on. */
const explicitLogon = row('authentication', 1, (native) => ({
  user: user(native, 'Target'),
  actor: subjectActor(native, processOf(native, 'ProcessName', 'ProcessId')),
  src_endpoint: remoteEndpoint(native),
  dst_endpoint: endpoint(undefined, undefined, text(native, 'TargetServerName')),
}));

const privileges = row('authorize_session', 1, (native) => ({
  user: user(native, 'Subject'),
  session: session(native, 'SubjectLogonId'),
  privileges: text(native, 'PrivilegeList')
    ?.split(/\s+/)
    .filter((name) => name !== ''),
}));

function result(native: NativeFields): {
  status_id?: number;
  status?: string;
  status_code?: string | undefined;
} {
  const code = int(native, 'Status');
  if (code === undefined) return {};
  return { status_code: text(native, 'Status'), ...(code === 0 ? status.success : status.failure) };
}

function kerberosRow(activity: 3 | 4 | 5 | 6, fixed?: typeof status.failure): Row {
  return row('authentication', activity, (native) => ({
    user: user(native, 'Target', text(native, 'TargetSid') === undefined ? 'TargetUserSid' : 'TargetSid'),
    service: known({ name: text(native, 'ServiceName'), uid: text(native, 'ServiceSid') }),
    src_endpoint: remoteEndpoint(native),
    auth_protocol: 'Kerberos',
    auth_protocol_id: 2,
    ...result(native),
    ...fixed,
  }));
}

const ntlmCheck = row('authentication', 1, (native) => ({
  user: user(native, 'Target'),
  src_endpoint: endpoint(undefined, undefined, text(native, 'Workstation')),
  auth_protocol: text(native, 'PackageName') ?? 'NTLM',
  auth_protocol_id: 1,
  ...result(native),
}));

type AccountActivity = 1 | 2 | 3 | 4 | 5 | 6 | 9 | 12 | 99;

function accountRow(activity: AccountActivity, name?: string): Row {
  return row('account_change', activity, (native) => ({
    activity_name: name,
    user: user(native, 'Target', 'TargetSid'),
    actor: subjectActor(native),
    // 4740 puts the computer that the wrong passwords came from into the domain's place.
    src_endpoint:
      activity === 9 ? endpoint(undefined, undefined, text(native, 'TargetDomainName')) : undefined,
  }));
}

function member(native: NativeFields): OcsfObjects['user'] | undefined {
  const name = text(native, 'MemberName');
  const sid = text(native, 'MemberSid');
  return account(name, sid);
}

function groupRow(activity: 3 | 4 | 5 | 6): Row {
  return row('group_management', activity, (native) => ({
    group: known({
      name: text(native, 'TargetUserName'),
      domain: text(native, 'TargetDomainName'),
      uid: text(native, 'TargetSid'),
    }),
    user: member(native),
    actor: subjectActor(native),
  }));
}

const [added, removed, deletedGroup, createdGroup] = [groupRow(3), groupRow(4), groupRow(5), groupRow(6)];

export const identityRows: readonly (readonly [number, Row])[] = [
  [4624, logon],
  [4625, failedLogon],
  [4634, logoff],
  [4647, logoff],
  [4648, explicitLogon],
  [4672, privileges],
  [4720, accountRow(1)],
  [4722, accountRow(2)],
  [4723, accountRow(3)],
  [4724, accountRow(4)],
  [4725, accountRow(5)],
  [4726, accountRow(6)],
  [4738, accountRow(99, 'Change')],
  [4740, accountRow(9)],
  [4767, accountRow(12)],
  [4781, accountRow(99, 'Rename')],
  [4768, kerberosRow(3)],
  [4769, kerberosRow(4)],
  [4770, kerberosRow(5)],
  [4771, kerberosRow(6, status.failure)],
  [4776, ntlmCheck],
  [4727, createdGroup],
  [4731, createdGroup],
  [4754, createdGroup],
  [4728, added],
  [4732, added],
  [4756, added],
  [4729, removed],
  [4733, removed],
  [4757, removed],
  [4730, deletedGroup],
  [4734, deletedGroup],
  [4758, deletedGroup],
];
