/** The event of a Windows record, whatever form it came in; Sysmon for Linux writes the same records. */
import type { Logsource, ParsedEvent } from '../../../model/event.ts';
import { eventOf } from './ocsf-view.ts';
import { toOcsf } from './windows-ocsf.ts';
import type { WindowsRecord } from './windows-record.ts';

const windows: Logsource = { product: 'windows' };

/** Sigma's categories by Sysmon's event ids; for Windows they are found by the logsource mapping. */
const linuxCategories: Readonly<Record<number, string>> = {
  1: 'process_creation',
  3: 'network_connection',
  5: 'process_termination',
  9: 'raw_access_thread',
  11: 'file_event',
  23: 'file_delete',
};

export function linuxSysmonLogsource(eventId: number): Logsource {
  const category = linuxCategories[eventId];
  return { product: 'linux', service: 'sysmon', ...(category === undefined ? {} : { category }) };
}

function logsourceOf({ native }: WindowsRecord): Logsource {
  return native['Provider_Name'] === 'Linux-Sysmon'
    ? linuxSysmonLogsource(Number(native['EventID']))
    : windows;
}

export function windowsEvent(record: WindowsRecord): ParsedEvent {
  const { native, time } = record;
  return eventOf({ time, native, logsource: logsourceOf(record) }, () => toOcsf(native, time));
}
