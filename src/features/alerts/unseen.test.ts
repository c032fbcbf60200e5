import { describe, expect, it } from 'vitest';
import { dayMs, hourMs, type UnseenFacts, unseenOf } from './unseen.ts';

const at = Date.parse('2026-11-25T12:00:00Z');
const start = {
  ParentProcessGuid: '{0b1e2f3a-0000-0000-0000-000000000001}',
  ProcessGuid: '{0b1e2f3a-0000-0000-0000-000000000002}',
  ParentImage: 'C:\\Windows\\explorer.exe',
  CommandLine: 'powershell -enc AAAA',
};
const event = {
  eventId: 'e1',
  time: at,
  receivedAt: at + 2_000,
  parser: 'windows-json',
  stored: true,
  native: start,
};
const seen: UnseenFacts = {
  source: 'dc',
  host: 'WS-17',
  firstEventAt: at,
  lastEventAt: at,
  now: at + hourMs,
  health: { silentSince: null, lagHighMs: 2_000, pauseMs: 600_000, clockAheadMs: 0 },
  event,
  unparsed: { count: 0, more: false },
  processStarts: 12,
  parentStored: true,
  unlisted: [],
};

describe('what could not be seen', () => {
  it('nothing is said where nothing is missing', () => {
    expect(unseenOf(seen)).toEqual([]);
    expect(unseenOf({ ...seen, health: null, event: null, processStarts: null, parentStored: null })).toEqual(
      [],
    );
  });

  it.each<{ kind: string; facts: Partial<UnseenFacts>; says: string; why: string }>([
    {
      kind: 'source_silent',
      facts: { health: { silentSince: at + 60_000, lagHighMs: null, pauseMs: 600_000, clockAheadMs: 0 } },
      says: 'dc has sent nothing since 2026-11-25 12:01 UTC',
      why: 'what followed was not received',
    },
    {
      kind: 'source_late',
      facts: {
        now: at + 60_000,
        health: { silentSince: null, lagHighMs: 12 * 60_000, pauseMs: 600_000, clockAheadMs: 0 },
      },
      says: 'up to 12 min late',
      why: 'the alert is younger than the source is late',
    },
    {
      kind: 'clock',
      facts: { event: { ...event, receivedAt: at - 3 * 60_000 } },
      says: 'dated 3 min after it was received: the clock of WS-17 is ahead',
      why: 'its own clock is known',
    },
    {
      kind: 'clock',
      facts: { health: { silentSince: null, lagHighMs: 0, pauseMs: 600_000, clockAheadMs: 3 * hourMs } },
      says: 'Clocks of dc are up to 3 h ahead',
      why: 'the source as a whole is ahead',
    },
    {
      kind: 'unparsed',
      facts: { unparsed: { count: 100, more: true } },
      says: 'More than 100 records of dc',
      why: 'only the least is known',
    },
    {
      kind: 'no_process_events',
      facts: { processStarts: 0 },
      says: 'No process start was recorded on WS-17',
      why: 'a machine that tells of other things',
    },
    {
      kind: 'parent_not_seen',
      facts: { parentStored: false },
      says: 'The start of the parent explorer.exe is not stored',
      why: 'who started it is not known',
    },
    {
      kind: 'no_command_line',
      facts: { event: { ...event, native: { ...start, CommandLine: '' } } },
      says: 'names no command line',
      why: 'auditing of command lines is off there',
    },
    {
      kind: 'not_an_asset',
      facts: { unlisted: [{ kind: 'user', name: 'CORP\\eve' }] },
      says: 'CORP\\eve is in no list of identities',
      why: 'nobody said what it is worth',
    },
    {
      kind: 'events_gone',
      facts: { event: { ...event, stored: false } },
      says: 'no longer in the event store',
      why: 'retention has taken them',
    },
  ])('$kind: $why', ({ kind, facts, says }) => {
    const found = unseenOf({ ...seen, ...facts });
    expect(found.map((one) => one.kind)).toEqual([kind]);
    expect(found[0]?.text).toContain(says);
  });

  it.each<{ facts: Partial<UnseenFacts>; why: string }>([
    {
      facts: { health: { silentSince: null, lagHighMs: 12 * 60_000, pauseMs: 600_000, clockAheadMs: 0 } },
      why: 'what was late has come by now',
    },
    {
      facts: { health: { silentSince: null, lagHighMs: 90 * dayMs, pauseMs: null, clockAheadMs: 0 } },
      why: 'an archive that was imported is not late',
    },
    { facts: { event: { ...event, receivedAt: at + 90 * dayMs } }, why: 'an import is no late clock' },
    {
      facts: { processStarts: 0, event: { ...event, parser: 'aws-cloudtrail', native: {} } },
      why: 'of a cloud no process is expected',
    },
    {
      facts: { processStarts: 0, parentStored: false, host: '', event: { ...event, native: {} } },
      why: 'the event names neither host nor process',
    },
  ])('is quiet: $why', ({ facts }) => {
    expect(unseenOf({ ...seen, ...facts })).toEqual([]);
  });

  it('what can be looked at has its place and time', () => {
    const [unparsed] = unseenOf({ ...seen, unparsed: { count: 1, more: false } });
    expect(unparsed?.text).toContain('1 record of dc');
    expect(unparsed?.link).toEqual({
      page: 'events',
      host: null,
      source: 'dc',
      unparsed: true,
      from: at - hourMs,
      to: at + hourMs,
    });
  });
});
