/** Rows that several channels use: services, scheduled tasks, cleared logs. */
import type { NativeFields } from '../../../model/event.ts';
import { known, text } from './windows-fields.ts';
import { account, subjectActor } from './windows-objects.ts';
import { type Row, row } from './windows-row.ts';

/** Security 4697 and System 7045 tell the same with other names. */
export const serviceInstalled = row('windows_service_activity', 1, (native) => {
  const name = text(native, 'ServiceName');
  return {
    win_service:
      name === undefined
        ? undefined
        : {
            name,
            cmd_line: text(native, 'ServiceFileName') ?? text(native, 'ImagePath'),
            service_start_name: text(native, 'ServiceAccount') ?? text(native, 'AccountName'),
            service_start_type: text(native, 'ServiceStartType') ?? text(native, 'StartType'),
            service_type: text(native, 'ServiceType'),
          },
    actor: subjectActor(native),
  };
});

function element(xml: string, name: string): string | undefined {
  const found = new RegExp(`<${name}>([^<]*)</${name}>`).exec(xml)?.[1];
  return found
    ?.replaceAll('&quot;', '"')
    .replaceAll('&apos;', "'")
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&amp;', '&');
}

/** Command and arguments of the task's first action. */
function taskCommand(native: NativeFields): string | undefined {
  const xml = text(native, 'TaskContent') ?? text(native, 'TaskContentNew');
  if (xml === undefined) return undefined;
  const command = element(xml, 'Command');
  const args = element(xml, 'Arguments');
  return command === undefined || args === undefined ? command : `${command} ${args}`;
}

export function jobRow(activity: 1 | 2 | 3 | 4 | 5 | 6): Row {
  return row('scheduled_job_activity', activity, (native) => {
    const name = text(native, 'TaskName');
    const doer = account(text(native, 'UserName') ?? text(native, 'UserContext'));
    return {
      job: name === undefined ? undefined : { name, cmd_line: taskCommand(native) },
      actor: subjectActor(native) ?? known({ user: doer }),
    };
  });
}

/** Security 1102 clears its own log; System 104 says in `Channel` of its UserData which one. */
export const logCleared = row('event_log_actvity', 1, (native) => ({
  log_name: text(native, 'EventData_Channel') ?? (native['EventID'] === 1102 ? 'Security' : undefined),
  actor: subjectActor(native),
}));
