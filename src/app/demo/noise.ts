/** The everyday of the demo: people who work, services that run. Nothing in it should open an alert. */
import type { Instant } from '../../base/clock.ts';
import { type AwsRecord, apiCall } from './aws.ts';
import { domainController, fileServer, people } from './cast.ts';
import type { Random } from './random.ts';
import { type Process, type WindowsRecord, windowsRecords } from './windows.ts';

const chrome = [
  'C:\\Program Files\\Google\\Chrome\\Application\\chrome.exe',
  '"chrome.exe" --profile-directory=Default',
] as const;
const programs: readonly (readonly [image: string, commandLine: string])[] = [
  ['C:\\Program Files\\Microsoft Office\\root\\Office16\\EXCEL.EXE', '"EXCEL.EXE" "Forecast.xlsx"'],
  ['C:\\Program Files\\Microsoft Office\\root\\Office16\\OUTLOOK.EXE', '"OUTLOOK.EXE"'],
  chrome,
  ['C:\\Windows\\System32\\notepad.exe', '"notepad.exe" notes.txt'],
  ['C:\\Program Files\\Microsoft VS Code\\Code.exe', '"Code.exe"'],
];
const sites = ['intranet.corp.example', 'mail.corp.example', 'news.example.org', 'docs.example.com'];

export interface Noise {
  /** A few Windows records, in order of time, the last one of that moment: none is dated after it. */
  windows(at: Instant): readonly WindowsRecord[];
  aws(at: Instant): AwsRecord;
}

export function createNoise(random: Random): Noise {
  const records = windowsRecords(random);
  const explorer = records.newProcess('C:\\Windows\\explorer.exe', 'C:\\Windows\\Explorer.EXE');
  const services = records.newProcess(
    'C:\\Windows\\System32\\services.exe',
    'C:\\Windows\\System32\\services.exe',
  );
  const browser = (): Process => records.newProcess(...chrome);
  const kinds: readonly ((at: Instant) => WindowsRecord)[] = [
    (at) => records.started(at, random.pick(people), records.newProcess(...random.pick(programs)), explorer),
    (at) => {
      const service = 'C:\\Windows\\System32\\svchost.exe';
      const process = records.newProcess(service, `${service} -k netsvcs -p -s Schedule`);
      return records.started(at, { user: 'SYSTEM', host: random.pick(people).host }, process, services);
    },
    (at) => records.resolved(at, random.pick(people), browser(), random.pick(sites), '198.51.100.9'),
    (at) => records.connected(at, random.pick(people), browser(), `198.51.100.${random.int(8, 60)}`, 443),
    (at) => records.loggedOn(at, random.pick([fileServer, domainController]).host, random.pick(people)),
  ];
  return {
    windows: (at) => {
      const count = random.int(1, 3);
      return Array.from({ length: count }, (_, i) => random.pick(kinds)(at - (count - 1 - i) * 300));
    },
    aws: (at) =>
      apiCall(
        at,
        {
          service: 'ec2',
          name: random.pick(['DescribeInstances', 'DescribeVolumes', 'DescribeSecurityGroups']),
          ip: '192.0.2.72',
          user: 'k.lindqvist',
          accessKeyId: 'AKIAEXAMPLEK00000001',
          agent: 'aws-cli/2.17.9 md/Linux exec-env/none',
          readOnly: true,
        },
        random,
      ),
  };
}
