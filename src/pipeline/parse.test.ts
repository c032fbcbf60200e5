import { describe, expect, it } from 'vitest';
import type { RecordContext } from '../model/batch.ts';
import type { ContextId, SourceId, TenantId } from '../model/ids.ts';
import { parsers } from '../plugins/parsers/index.generated.ts';
import { parseRecord } from './parse.ts';

const context: RecordContext = {
  id: 'c'.repeat(32) as ContextId,
  tenant: 'main' as TenantId,
  source: 'test' as SourceId,
  decoder: 'json',
  transport: 'file',
};
/** An event with `inner`, JSON text, as one of its fields. */
const event = (inner: string) =>
  `{"EventID":1,"Channel":"Microsoft-Windows-Sysmon/Operational","Computer":"A","Image":"C:\\\\a.exe","X":${inner}}`;
const objects = (levels: number) => `${'{"a":'.repeat(levels)}1${'}'.repeat(levels)}`;
const lists = (levels: number) => `${'['.repeat(levels)}${']'.repeat(levels)}`;

describe('how deep a record may go', () => {
  it.each([
    { inner: objects(199), kind: 'event', why: 'the event itself is the two hundredth level' },
    { inner: objects(200), kind: 'unparsed', why: 'one level more' },
    { inner: lists(199), kind: 'event', why: 'lists count like objects' },
    { inner: lists(200), kind: 'unparsed', why: 'lists count like objects' },
    { inner: objects(100_000), kind: 'unparsed', why: 'more than any stack bears' },
    { inner: `[${'[1],{"a":2},'.repeat(500)}3]`, kind: 'event', why: 'many beside each other are not deep' },
    { inner: JSON.stringify('{['.repeat(500)), kind: 'event', why: 'brackets in a string are text' },
    {
      inner: JSON.stringify(`"\\"${'{['.repeat(500)}\\`),
      kind: 'event',
      why: 'an escaped quote does not end a string',
    },
    {
      inner: `["\\\\",${objects(200)}]`,
      kind: 'unparsed',
      why: 'an escaped backslash does not escape the quote after it',
    },
  ])('$kind: $why', ({ inner, kind }) => {
    const outcome = parseRecord(event(inner), context, parsers);
    expect(outcome.kind).toBe(kind);
    if (outcome.kind === 'unparsed') expect(outcome.reason).toBe('too_deep');
  });

  it('text that is not JSON is malformed, however deep it goes', () => {
    expect(parseRecord('['.repeat(100_000), context, parsers)).toMatchObject({
      kind: 'unparsed',
      reason: 'malformed_json',
    });
  });
});
