/** Windows event records of the demo, flat as NXLog and its kind send them. */
import { type Instant, toIso } from '../../base/clock.ts';
import { dnsSuffix, domain, type Person } from './cast.ts';
import type { Random } from './random.ts';

export type WindowsRecord = Readonly<Record<string, string | number>>;

type Facts = Readonly<Record<string, string | number>>;

const system32 = 'C:\\Windows\\System32\\';

/** Builds records; numbers them and draws what does not matter from `random`. */
export function windowsRecords(random: Random) {
  let recordId = 41_000;
  const base = (at: Instant, host: string, provider: string, channel: string, id: number): Facts => ({
    TimeCreated: toIso(at),
    EventRecordID: (recordId += 1),
    Provider_Name: provider,
    Channel: channel,
    EventID: id,
    Computer: `${host}.${dnsSuffix}`,
  });
  const sysmon = (at: Instant, host: string, id: number, facts: Facts): WindowsRecord => ({
    ...base(at, host, 'Microsoft-Windows-Sysmon', 'Microsoft-Windows-Sysmon/Operational', id),
    UtcTime: toIso(at).replace('T', ' ').replace('Z', ''),
    ...facts,
  });
  const security = (at: Instant, host: string, id: number, facts: Facts): WindowsRecord => ({
    ...base(at, host, 'Microsoft-Windows-Security-Auditing', 'Security', id),
    ...facts,
  });
  const guid = (): string => `{${random.hex(8)}-${random.hex(4)}-${random.hex(4)}-0000-${random.hex(12)}}`;

  return {
    sysmon,
    security,
    /** A process that was started, as later ones name their parent. */
    newProcess: (image: string, commandLine: string): Process => ({
      image,
      commandLine,
      guid: guid(),
      pid: random.int(1_500, 9_900),
    }),
    /** Sysmon 1. */
    started: (
      at: Instant,
      who: Pick<Person, 'user' | 'host'>,
      process: Process,
      parent: Process,
    ): WindowsRecord =>
      sysmon(at, who.host, 1, {
        ProcessGuid: process.guid,
        ProcessId: process.pid,
        Image: process.image,
        OriginalFileName: process.originalName ?? process.image.slice(process.image.lastIndexOf('\\') + 1),
        CommandLine: process.commandLine,
        CurrentDirectory: system32,
        User: account(who.user),
        IntegrityLevel: who.user === 'SYSTEM' ? 'System' : 'Medium',
        Hashes: `SHA256=${random.hex(64).toUpperCase()}`,
        ParentProcessGuid: parent.guid,
        ParentProcessId: parent.pid,
        ParentImage: parent.image,
        ParentCommandLine: parent.commandLine,
      }),
    /** Sysmon 3. */
    connected: (at: Instant, who: Person, process: Process, ip: string, port: number): WindowsRecord =>
      sysmon(at, who.host, 3, {
        ProcessGuid: process.guid,
        ProcessId: process.pid,
        Image: process.image,
        User: account(who.user),
        Protocol: 'tcp',
        Initiated: 'true',
        SourceIp: who.ip,
        SourcePort: random.int(49_152, 65_000),
        DestinationIp: ip,
        DestinationPort: port,
      }),
    /** Sysmon 22. */
    resolved: (at: Instant, who: Person, process: Process, name: string, ip: string): WindowsRecord =>
      sysmon(at, who.host, 22, {
        ProcessGuid: process.guid,
        ProcessId: process.pid,
        Image: process.image,
        QueryName: name,
        QueryStatus: '0',
        QueryResults: `::ffff:${ip};`,
        User: account(who.user),
      }),
    /** Security 4624, from the network. */
    loggedOn: (at: Instant, host: string, who: Person): WindowsRecord =>
      security(at, host, 4624, {
        TargetUserName: who.user,
        TargetDomainName: domain,
        TargetUserSid: who.sid,
        LogonType: '3',
        IpAddress: who.ip,
        IpPort: String(random.int(49_152, 65_000)),
        LogonProcessName: 'Kerberos',
        AuthenticationPackageName: 'Kerberos',
        WorkstationName: '-',
        TargetLogonId: `0x${random.hex(6)}`,
      }),
  };
}

export type WindowsRecords = ReturnType<typeof windowsRecords>;

export interface Process {
  readonly image: string;
  readonly commandLine: string;
  readonly guid: string;
  readonly pid: number;
  /** Name in the file's version resource, where it is not the file's own. */
  readonly originalName?: string;
}

export function account(user: string): string {
  return user === 'SYSTEM' ? 'NT AUTHORITY\\SYSTEM' : `${domain}\\${user}`;
}
