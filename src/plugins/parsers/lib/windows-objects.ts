/** OCSF objects from a Windows event's fields; each is undefined when the event says nothing of it. */
import type { NativeFields } from '../../../model/event.ts';
import type { OcsfObjects } from '../../../model/ocsf.ts';
import { baseName, int, known, text } from './windows-fields.ts';

type User = OcsfObjects['user'];
type File = OcsfObjects['file'];
type Process = OcsfObjects['process'];
type Actor = OcsfObjects['actor'];
type Endpoint = OcsfObjects['network_endpoint'];
type Fingerprint = OcsfObjects['fingerprint'];

/** OCSF's `algorithm_id` by the names that Sysmon writes; 99 is Other (IMPHASH). */
const algorithms: Readonly<Record<string, number>> = { MD5: 1, SHA1: 2, SHA256: 3, SHA512: 4 };

/** `SHA1=…,MD5=…` as fingerprints. */
export function hashes(list: string | undefined): Fingerprint[] | undefined {
  if (list === undefined) return undefined;
  const found: Fingerprint[] = [];
  for (const part of list.split(',')) {
    const cut = part.indexOf('=');
    if (cut <= 0 || cut === part.length - 1) continue;
    const algorithm = part.slice(0, cut).trim();
    found.push({ algorithm, algorithm_id: algorithms[algorithm] ?? 99, value: part.slice(cut + 1).trim() });
  }
  return found.length === 0 ? undefined : found;
}

/** OCSF's file kinds that Windows events name. */
export const fileTypes = { unknown: 0, regular: 1, folder: 2, blockDevice: 4, pipe: 6 } as const;

export function file(path: string | undefined, more: Partial<File> = {}): File | undefined {
  return path === undefined ? undefined : { name: baseName(path), path, type_id: fileTypes.regular, ...more };
}

/** An account written as `DOMAIN\name`. */
export function account(value: string | undefined, sid?: string): User | undefined {
  if (value === undefined) return known({ uid: realSid(sid) });
  const cut = value.indexOf('\\');
  return cut === -1
    ? { name: value, uid: realSid(sid) }
    : { name: value.slice(cut + 1), domain: value.slice(0, cut), uid: realSid(sid) };
}

/** S-1-0-0 is the null SID: nobody. */
function realSid(sid: string | undefined): string | undefined {
  return sid === 'S-1-0-0' ? undefined : sid;
}

/** The user whose fields begin with `prefix`: `SubjectUserName`, `SubjectDomainName`, `SubjectUserSid`. */
export function user(
  native: NativeFields,
  prefix: 'Subject' | 'Target',
  sidField = `${prefix}UserSid`,
): User | undefined {
  return known({
    name: text(native, `${prefix}UserName`),
    domain: text(native, `${prefix}DomainName`),
    uid: realSid(text(native, sidField)),
  });
}

/** Who did it, by the `Subject…` fields, from which process and logon session. */
export function subjectActor(native: NativeFields, process?: Process): Actor | undefined {
  const logonId = text(native, 'SubjectLogonId');
  return known({
    user: user(native, 'Subject'),
    process,
    session: logonId === undefined ? undefined : { uid: logonId },
  });
}

/** The process that Sysmon names by `Image`, `ProcessId` and `ProcessGuid`. */
export function sysmonProcess(native: NativeFields): Process | undefined {
  return processOf(native, 'Image', 'ProcessId', 'ProcessGuid', account(text(native, 'User')));
}

export function sysmonActor(native: NativeFields): Actor | undefined {
  return known({ process: sysmonProcess(native), user: account(text(native, 'User')) });
}

export function processOf(
  native: NativeFields,
  imageField: string,
  pidField: string,
  guidField?: string,
  owner?: User,
): Process | undefined {
  const path = text(native, imageField);
  const process = known({
    name: path === undefined ? undefined : baseName(path),
    file: file(path),
    pid: int(native, pidField),
    uid: guidField === undefined ? undefined : text(native, guidField),
  });
  // A user alone is no process.
  return process === undefined ? undefined : { ...process, user: owner };
}

export function endpoint(
  ip: string | undefined,
  port: number | undefined,
  hostname?: string,
): Endpoint | undefined {
  return known({ ip, port, hostname });
}

/** Where a logon or a share access came from. */
export function remoteEndpoint(native: NativeFields): Endpoint | undefined {
  const ip = text(native, 'IpAddress');
  const port = int(native, 'IpPort');
  return endpoint(
    ip === 'LOCAL' ? undefined : ip,
    port === 0 ? undefined : port,
    text(native, 'WorkstationName'),
  );
}

/** OCSF's `integrity_id` by the names of Sysmon. */
const integrities: Readonly<Record<string, number>> = { Untrusted: 1, Low: 2, Medium: 3, High: 4, System: 5 };

export function integrityId(name: string | undefined): number | undefined {
  return name === undefined ? undefined : (integrities[name] ?? 99);
}
