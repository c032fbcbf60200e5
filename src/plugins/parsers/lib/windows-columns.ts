/** Which columns of Windows rows are native fields as they are: what windows-rows-*.ts put where columns are read from. */
import type { ColumnLayout } from '../../../model/columns.ts';
import { linuxSysmonLogsource } from './windows-event.ts';

type Fields = ColumnLayout['fields'];

interface Kind {
  readonly codes: readonly number[];
  readonly fields: Fields;
}

/** Every event says where it was written. */
const anywhere: Fields = { Computer: 'host' };
const image: Fields = { Image: 'process' };
const byImage: Fields = { SourceImage: 'parent_process', TargetImage: 'process' };

const sysmon: readonly Kind[] = [
  { codes: [1], fields: { ...image, CommandLine: 'command_line', ParentImage: 'parent_process' } },
  { codes: [2, 11, 15, 23, 26, 27, 28, 29], fields: { ...image, TargetFilename: 'file' } },
  { codes: [3], fields: { ...image, SourceIp: 'src_ip', DestinationIp: 'dst_ip' } },
  { codes: [5, 7, 12, 13, 14, 22, 25], fields: image },
  { codes: [8, 10], fields: byImage },
  { codes: [9], fields: { ...image, Device: 'file' } },
  { codes: [17, 18], fields: { ...image, PipeName: 'file' } },
];

const security: readonly Kind[] = [
  {
    codes: [4688],
    fields: {
      NewProcessName: 'process',
      CommandLine: 'command_line',
      ParentProcessName: 'parent_process',
    },
  },
  { codes: [4689, 4657], fields: { ProcessName: 'process' } },
  { codes: [4624, 4625, 4648], fields: { ProcessName: 'process', IpAddress: 'src_ip' } },
  { codes: [4768, 4769, 4770, 4771, 5140], fields: { IpAddress: 'src_ip' } },
  { codes: [5145], fields: { IpAddress: 'src_ip', RelativeTargetName: 'file' } },
  {
    codes: [5152, 5154, 5156, 5157, 5158],
    fields: { Application: 'process', SourceAddress: 'src_ip', DestAddress: 'dst_ip' },
  },
];

const plain = { product: 'windows', service: '', category: '' };

function inChannel(channel: string, kinds: readonly Kind[]): readonly ColumnLayout[] {
  return kinds.map(({ codes, fields }) => ({
    logsource: plain,
    channel,
    codes: codes.map(String),
    fields: { ...anywhere, ...fields },
  }));
}

/** Sysmon for Linux names a category by the id. */
function onLinux(): readonly ColumnLayout[] {
  return sysmon.flatMap(({ codes, fields }) =>
    codes.map((code) => {
      const { product = '', service = '', category = '' } = linuxSysmonLogsource(code);
      return {
        logsource: { product, service, category },
        channel: 'Linux-Sysmon/Operational',
        codes: [String(code)],
        fields: { ...anywhere, ...fields },
      };
    }),
  );
}

export const windowsColumns: readonly ColumnLayout[] = [
  ...inChannel('Microsoft-Windows-Sysmon/Operational', sysmon),
  ...inChannel('Security', security),
  ...onLinux(),
];
