/** How matches are written: as they come, in the order of time, or as a table at the end. */

import { basename } from 'node:path';
import { attackTags } from '../../api/contract/attack.ts';
import type { SigmaMatch } from '../../app/sigma-match-types.ts';
import { SortedLines } from '../../app/sorted-lines.ts';
import { csvRow } from '../csv.ts';
import { table } from '../output.ts';
import { levelColumn } from './colour.ts';

export const outputFormats = ['json', 'ndjson', 'csv', 'timeline', 'table'] as const;
export type OutputFormat = (typeof outputFormats)[number];

export interface MatchWriter {
  match(found: SigmaMatch): Promise<void>;
  /** Writes what could not be written before. */
  end(): Promise<void>;
  /** Lets go of what is held, also after a failure. */
  close(): Promise<void>;
}

export interface MatchSink {
  /** Waits while the reader is slower. */
  write(text: string): Promise<void>;
  /** Terminal that is written to; null for a file or a pipe. */
  readonly terminalWidth: number | null;
}

/** `several`: more than one file may be read, so that each match names its own. */
export function matchWriter(format: OutputFormat, sink: MatchSink, several: () => boolean): MatchWriter {
  switch (format) {
    case 'json':
      return streaming(sink, ({ ruleId, eventIndex, file }) =>
        jsonLine({ rule_id: ruleId, event_index: eventIndex, ...(several() ? { file } : {}) }),
      );
    case 'ndjson':
      return streaming(sink, (found) => jsonLine(wholeMatch(found)));
    case 'csv':
      return streaming(sink, csvOf, csvRow(csvHead));
    case 'timeline':
      return timeline(sink);
    case 'table':
      return tableWriter(sink);
  }
}

function streaming(sink: MatchSink, lineOf: (found: SigmaMatch) => string, head = ''): MatchWriter {
  let begun = false;
  const begin = async (): Promise<void> => {
    if (!begun && head !== '') await sink.write(head);
    begun = true;
  };
  return {
    async match(found) {
      await begin();
      await sink.write(lineOf(found));
    },
    end: begin,
    close: () => Promise.resolve(),
  };
}

function jsonLine(value: Readonly<Record<string, unknown>>): string {
  return `${JSON.stringify(value)}\n`;
}

function wholeMatch(found: SigmaMatch): Readonly<Record<string, unknown>> {
  const { rule, host, user, channel, eventCode, recordId, file, eventIndex } = found;
  return {
    time: timeOf(found) || null,
    level: rule.level,
    rule_id: rule.id,
    title: rule.title,
    status: rule.status,
    author: rule.author,
    tags: rule.tags,
    host,
    user,
    channel,
    event_id: eventCode,
    record_id: recordId,
    details: found.details,
    file,
    event_index: eventIndex,
  };
}

const csvHead = ['time', 'level', 'rule_id', 'title', 'author', 'host', 'user', 'file', 'event_index'];

function csvOf(found: SigmaMatch): string {
  const { rule, host, user, file, eventIndex } = found;
  return csvRow([timeOf(found), rule.level, rule.id, rule.title, rule.author, host, user, file, eventIndex]);
}

const timelineHead = [
  'time',
  'level',
  'title',
  'host',
  'user',
  'channel',
  'event_id',
  'record_id',
  'details',
  'tactics',
  'techniques',
  'rule_id',
  'author',
  'file',
  'event_index',
];
const lineEnd = '\r\n';
/** Characters of one value in a timeline; a spreadsheet takes 32,767 in a cell. */
const longestValue = 1_000;

function timelineRow(found: SigmaMatch): string {
  const { rule, host, user, channel, eventCode, recordId, file, eventIndex } = found;
  const { tactics, techniques } = attackTags(rule.tags);
  return csvRow([
    timeOf(found),
    rule.level,
    rule.title,
    host,
    user,
    channel,
    eventCode,
    recordId,
    detailsText(found, longestValue),
    tactics.join(' ¦ '),
    techniques.join(' ¦ '),
    rule.id,
    rule.author,
    file,
    eventIndex,
  ]);
}

/** `Image: C:\tool.exe ¦ User: x`. */
export function detailsText(found: Pick<SigmaMatch, 'details'>, longest: number): string {
  return found.details
    .map(({ field, value }) => {
      const text = value.length > longest ? `${value.slice(0, longest)}…` : value;
      return field === '' ? text : `${field}: ${text}`;
    })
    .join(' ¦ ');
}

function timeline(sink: MatchSink): MatchWriter {
  const sorted = new SortedLines();
  return {
    // Without its line end, which is all of it that may break a line.
    match: (found) => sorted.add(found.time, timelineRow(found).slice(0, -lineEnd.length)),
    async end() {
      await sink.write(csvRow(timelineHead));
      for await (const row of sorted.lines()) await sink.write(`${row}${lineEnd}`);
    },
    close: () => sorted.close(),
  };
}

/** Rows of a table: it is for people, and has to be there whole to be aligned. */
const mostRows = 10_000;

function tableWriter(sink: MatchSink): MatchWriter {
  const rows: { readonly time: number; readonly cells: readonly string[] }[] = [];
  const isTerminal = sink.terminalWidth !== null;
  // Authors stand beside the rules in the summary; a terminal has no room for them twice.
  const authors = isTerminal ? [] : ['AUTHOR'];
  let more = 0;
  return {
    match(found) {
      const { rule, host, user, file, eventIndex } = found;
      if (rows.length >= mostRows) more += 1;
      else
        rows.push({
          time: found.time ?? Number.POSITIVE_INFINITY,
          cells: [
            timeOf(found)
              .replace('T', ' ')
              .replace(/\.\d+Z$/, 'Z'),
            rule.level,
            rule.title,
            ...authors.map(() => rule.author),
            host,
            user,
            shortChannel(found),
            `${basename(file)}:${eventIndex}`,
          ],
        });
      return Promise.resolve();
    },
    async end() {
      if (rows.length === 0) return;
      const head = ['TIME', 'LEVEL', 'TITLE', ...authors, 'HOST', 'USER', 'CHANNEL', 'EVENT'];
      const cells = rows
        .toSorted((a, b) => (a.time < b.time ? -1 : Number(a.time > b.time)))
        .map((row) => row.cells);
      const width = sink.terminalWidth ?? Number.POSITIVE_INFINITY;
      const text = table(head, cells, levelColumn(1, isTerminal), width);
      const rest =
        more === 0 ? '' : `\n… and ${more.toLocaleString('en-US')} more: --format timeline has all`;
      await sink.write(`${text}${rest}\n\n`);
    },
    close: () => Promise.resolve(),
  };
}

/** `Sysmon/Operational 1`. */
function shortChannel({ channel, eventCode }: SigmaMatch): string {
  return `${channel.replace(/^Microsoft-Windows-/, '')} ${eventCode}`.trimEnd();
}

function timeOf({ time }: SigmaMatch): string {
  return time === null ? '' : new Date(time).toISOString();
}
