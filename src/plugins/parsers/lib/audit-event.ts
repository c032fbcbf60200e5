/** The event of one or more audit records: what Sigma's rules for auditd and for new processes read, and OCSF. */
import type { Instant } from '../../../base/clock.ts';
import type { Logsource, NativeFields, ParsedEvent } from '../../../model/event.ts';
import type { OcsfEvent, OcsfObjects } from '../../../model/ocsf.ts';
import { int, known, text, texts } from './fields.ts';
import { eventOf, ocsfView, severity, status } from './ocsf-view.ts';

const product = { name: 'auditd', vendor_name: 'Linux' };

export interface AuditParts {
  readonly time: Instant | null;
  readonly id: string;
  readonly host: string;
  /** Fields by name; a list where several records of the event have one name. `type` names the records. */
  readonly native: Record<string, unknown>;
  readonly group?: string;
}

const execCalls = new Set(['execve', 'execveat']);
/** `arch` of the records → numbers of execve and execveat there. */
const execNumbers: Readonly<Record<string, readonly string[]>> = {
  c000003e: ['59', '322'],
  c00000b7: ['221', '281'],
  '40000003': ['11', '358'],
  '40000028': ['11', '387'],
};

/** Records of user-space programs that tell of a sign-in. */
const signIns = new Set(['USER_LOGIN', 'USER_AUTH', 'USER_ACCT', 'CRED_ACQ']);

function first(native: NativeFields, name: string): string | undefined {
  return texts(native, name)[0] ?? text(native, name);
}

function isExec(native: NativeFields): boolean {
  const types = texts(native, 'type');
  if (types.some((type) => type === 'EXECVE' || type === 'AUOMS_EXECVE')) return true;
  const named = first(native, 'SYSCALL') ?? first(native, 'syscall') ?? '';
  const arch = (first(native, 'arch') ?? '').replace(/^0x/, '');
  return types.includes('SYSCALL') && (execCalls.has(named) || (execNumbers[arch] ?? []).includes(named));
}

/** The arguments of an EXECVE record, else the title of the process. */
function commandLine(native: NativeFields, args: readonly string[]): string | undefined {
  return args.length > 0 ? args.join(' ') : (first(native, 'proctitle') ?? first(native, 'cmdline'));
}

function userName(native: NativeFields): string | undefined {
  for (const name of ['EUID', 'UID', 'effective_user', 'user', 'acct', 'AUID']) {
    const found = first(native, name);
    if (found !== undefined && found !== 'unset' && found !== 'unknown') return found;
  }
  return first(native, 'uid') === '0' ? 'root' : undefined;
}

/**
 * `args`: arguments of the program that was started, where the records have them. A new process also gets the names
 * that Sigma's category `process_creation` has: Image, CommandLine, CurrentDirectory, User, ProcessId.
 */
export function auditEvent(parts: AuditParts, args: readonly string[]): ParsedEvent {
  const { native, time, group } = parts;
  const exec = isExec(native);
  if (exec) {
    const names = {
      Image: first(native, 'exe'),
      CommandLine: commandLine(native, args),
      CurrentDirectory: first(native, 'cwd'),
      User: userName(native),
      ProcessId: first(native, 'pid'),
      ParentProcessId: first(native, 'ppid'),
    };
    for (const [name, value] of Object.entries(names)) {
      if (value !== undefined && native[name] === undefined) native[name] = value;
    }
  }
  const logsource: Logsource = {
    product: 'linux',
    service: 'auditd',
    ...(exec ? { category: 'process_creation' } : {}),
  };
  return eventOf({ time, native, logsource, ...(group === undefined ? {} : { group }) }, () =>
    viewOf(parts, exec),
  );
}

function succeeded(native: NativeFields) {
  const result = first(native, 'success') ?? first(native, 'res');
  if (result === 'yes' || result === 'success' || result === '1') return status.success;
  return result === 'no' || result === 'failed' || result === '0' ? status.failure : undefined;
}

function processOf(native: NativeFields): OcsfObjects['process'] | undefined {
  const path = first(native, 'exe');
  const name = path === undefined ? first(native, 'comm') : path.slice(path.lastIndexOf('/') + 1);
  const user = userName(native);
  return known({
    name,
    pid: int(first(native, 'pid')),
    cmd_line: text(native, 'CommandLine') ?? first(native, 'proctitle'),
    file: path === undefined ? undefined : { name: name ?? path, path, type_id: 1 },
    working_directory: first(native, 'cwd'),
    user: user === undefined ? undefined : { name: user, uid: first(native, 'uid') },
    parent_process: known({ pid: int(first(native, 'ppid')) }),
  });
}

function viewOf({ native, time, id, host }: AuditParts, exec: boolean): OcsfEvent {
  const types = texts(native, 'type');
  const base = {
    time,
    metadata: { product, uid: id, log_name: types[0], profiles: ['host'] },
  };
  const device =
    host === '' ? undefined : { hostname: host, type_id: 0, os: { name: 'Linux', type_id: 200 } };
  const login = first(native, 'AUID');
  const actor = known({
    user: login === undefined || login === 'unset' ? undefined : { name: login },
    session: known({ uid: first(native, 'ses') }),
  });
  const shared = { ...succeeded(native), device, message: types.join(' ') };
  const process = processOf(native);
  if (exec && process !== undefined)
    return ocsfView('process_activity', 1, base, { ...shared, actor, process });
  const account = first(native, 'acct') ?? first(native, 'ID');
  if (types.some((type) => signIns.has(type)) && account !== undefined) {
    const failed = succeeded(native) === status.failure;
    return ocsfView(
      'authentication',
      1,
      { ...base, ...(failed ? { severity_id: severity.low } : {}) },
      {
        ...shared,
        user: { name: account },
        src_endpoint: known({ ip: first(native, 'addr'), hostname: first(native, 'hostname') }),
        service: known({ name: process?.name }),
      },
    );
  }
  return ocsfView('base_event', 99, base, { ...shared, actor: { ...actor, process } });
}
