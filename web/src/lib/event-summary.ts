/** One line that says what an event is, from its columns. */
import type { EventView } from './types.ts';

export interface Summary {
  /** Verb or class, in the text's own face: `Launch`, `Network Activity`. */
  readonly lead: string;
  /** The values that matter, from outside. */
  readonly text: string;
}

/** A line needs no more of a record than this. */
const lineLength = 300;

export function summaryOf(event: EventView): Summary {
  if (event.unparsed !== '') {
    return { lead: event.unparsed.replaceAll('_', ' '), text: event.raw.slice(0, lineLength) };
  }
  const known = ['Unknown', 'Other', ''].includes(event.activityName) ? '' : event.activityName;
  return { lead: known, text: (textOf(event) || event.raw).slice(0, lineLength) };
}

function textOf(event: EventView): string {
  const { commandLine, process, file, srcIp, dstIp, dstPort } = event;
  if (commandLine !== '') return commandLine;
  const to =
    dstIp === '' ? '' : dstPort === 0 ? dstIp : `${dstIp.includes(':') ? `[${dstIp}]` : dstIp}:${dstPort}`;
  const way = srcIp !== '' && to !== '' ? `${srcIp} → ${to}` : to || srcIp;
  return [baseName(process), file, way].filter((part) => part !== '').join('  ');
}

function baseName(path: string): string {
  return path.slice(Math.max(path.lastIndexOf('\\'), path.lastIndexOf('/')) + 1);
}

/** What kind of event, and its number at the vendor's: `Process Activity`, `4688`. */
export function kindOf({ className, channel, product, service }: EventView): string {
  if (className !== '') return className;
  const tail = channel.split('/')[0]?.replace(/^Microsoft-Windows-/, '') ?? '';
  return tail || service || product;
}
