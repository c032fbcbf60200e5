/** Event ids of PowerShell, Defender, the task scheduler and the System channel → OCSF. */
import type { NativeFields } from '../../../model/event.ts';
import type { OcsfObjects } from '../../../model/ocsf.ts';
import { int, known, text } from './windows-fields.ts';
import { account, file, processOf } from './windows-objects.ts';
import { type Row, type Rows, row } from './windows-row.ts';
import { jobRow, logCleared, serviceInstalled } from './windows-rows-shared.ts';

/** OCSF's `script.type_id` of PowerShell. */
const powershell = { type: 'PowerShell', type_id: 2 } as const;

const scriptBlock = row('script_activity', 1, (native) => {
  const value = text(native, 'ScriptBlockText');
  const path = text(native, 'Path');
  return {
    script:
      value === undefined
        ? undefined
        : { ...powershell, script_content: { value }, uid: text(native, 'ScriptBlockId'), file: file(path) },
    actor: known({ user: account(undefined, text(native, 'Security_UserID')) }),
  };
});

/** A `Name = value` line of PowerShell's context text. */
function contextLine(context: string | undefined, name: string): string | undefined {
  const start = context?.indexOf(`${name} = `) ?? -1;
  const startOld = start === -1 ? (context?.indexOf(`${name.replaceAll(' ', '')}=`) ?? -1) : start;
  if (context === undefined || startOld === -1) return undefined;
  const from = context.indexOf('=', startOld) + 1;
  const end = context.indexOf('\n', from);
  const value = context.slice(from, end === -1 ? undefined : end).trim();
  return value === '' ? undefined : value;
}

const pipelineExecuted = row('script_activity', 1, (native) => {
  const value = text(native, 'Payload');
  const context = text(native, 'ContextInfo');
  const host = contextLine(context, 'Host Application');
  return {
    script:
      value === undefined
        ? undefined
        : { ...powershell, script_content: { value }, name: contextLine(context, 'Script Name') },
    actor: known({
      user: account(contextLine(context, 'User')),
      process: host === undefined ? undefined : { cmd_line: host },
    }),
  };
});

/** Classic PowerShell events have unnamed data, so it is a list of texts, or it is in the message alone. */
function classicText(native: NativeFields): string | undefined {
  const data = native['Data'];
  if (Array.isArray(data)) {
    const joined = data.filter((part) => typeof part === 'string').join('\n');
    if (joined !== '') return joined;
  }
  return text(native, 'Data') ?? text(native, 'Message');
}

const engineState = row('script_activity', 1, (native) => {
  const context = classicText(native);
  const host = contextLine(context, 'Host Application');
  return {
    script: host === undefined ? undefined : { ...powershell, script_content: { value: host } },
    actor: host === undefined ? undefined : { process: { cmd_line: host } },
  };
});

/** Defender's severities (1 Low, 2 Moderate, 4 High, 5 Severe) → OCSF's. */
const defenderSeverities: Readonly<Record<number, number>> = { 1: 2, 2: 3, 4: 4, 5: 5 };

/** `file:_C:\…;containerfile:_…`: the first file that is named. */
function threatPath(native: NativeFields): string | undefined {
  return /(?:^|;\s*)(?:container)?file:_([^;]+)/.exec(text(native, 'Path') ?? '')?.[1];
}

/** 1116 finds (Create), 1117 and 1119 tell what became of it (Update); `DetectionID` joins them. */
const threatFound = row(
  'detection_finding',
  (native) => (native['EventID'] === 1116 ? 1 : 2),
  (native) => {
    const name = text(native, 'ThreatName');
    const uid = text(native, 'DetectionID') ?? text(native, 'ThreatID');
    const found = file(threatPath(native));
    const malware: OcsfObjects['malware'] = {
      name,
      uid: text(native, 'ThreatID'),
      classification_ids: [0],
      path: found?.path,
    };
    const severity = defenderSeverities[int(native, 'SeverityID') ?? 0];
    const evidence = known({ file: found, process: processOf(native, 'ProcessName', 'ProcessID') });
    return {
      finding_info:
        uid === undefined
          ? undefined
          : { uid, title: name, types: [text(native, 'CategoryName') ?? 'Malware'] },
      malware: name === undefined ? undefined : [malware],
      evidences: evidence === undefined ? undefined : [evidence],
      actor: known({ user: account(text(native, 'DetectionUser')) }),
      is_alert: true,
      ...(severity === undefined ? {} : { severity_id: severity }),
    };
  },
);

export const powershellRows: Rows = new Map<number, Row>([
  [4103, pipelineExecuted],
  [4104, scriptBlock],
]);

export const classicPowershellRows: Rows = new Map<number, Row>([
  [400, engineState],
  [403, engineState],
  [600, engineState],
  [800, engineState],
]);

export const defenderRows: Rows = new Map<number, Row>([
  [1116, threatFound],
  [1117, threatFound],
  [1119, threatFound],
]);

export const taskRows: Rows = new Map<number, Row>([
  [106, jobRow(1)],
  [129, jobRow(6)],
  [140, jobRow(2)],
  [141, jobRow(3)],
  [142, jobRow(5)],
]);

export const systemRows: Rows = new Map<number, Row>([
  [104, logCleared],
  [7045, serviceInstalled],
]);
