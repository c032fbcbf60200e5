import { describe, expect, it } from 'vitest';
import { buildProcessTree, type ProcessEvent, processOf } from './process-tree.ts';

const guid = (n: number) => `{39E4A257-0000-5F8C-0000-${String(n).padStart(12, '0')}}`;
const startAt = Date.UTC(2026, 10, 25, 8);
/** A Sysmon process creation. */
const started = (n: number, parent: number, image: string, at = n): ProcessEvent => ({
  eventId: `e${n}`,
  time: startAt + at * 1_000,
  native: {
    EventID: 1,
    ProcessGuid: guid(n),
    ProcessId: `${100 + n}`,
    Image: image,
    CommandLine: `${image} /x`,
    User: 'CORP\\ana',
    ParentProcessGuid: guid(parent),
    ParentProcessId: 100 + parent,
    ParentImage: `parent of ${image}`,
  },
});
const shown = (events: readonly ProcessEvent[], focus: ProcessEvent) =>
  buildProcessTree(events, focus).map(
    (node) => `${node.focus ? '*' : ''}${node.image}${node.at === null ? ' ?' : ''}`,
  );

describe('the process tree', () => {
  const explorer = started(1, 0, 'explorer');
  const word = started(2, 1, 'word');
  const shell = started(3, 2, 'powershell');
  const dump = started(4, 3, 'rundll32');
  const sibling = started(5, 3, 'whoami');
  const cousin = started(6, 5, 'conhost');
  const stranger = started(7, 99, 'chrome');

  it('has what is above the focus, its siblings and all that it started, in order; strangers are left out', () => {
    expect(shown([cousin, stranger, sibling, dump, word, explorer], shell)).toEqual([
      'parent of explorer ?',
      'explorer',
      'word',
      '*powershell',
      'rundll32',
      'whoami',
      'conhost',
    ]);
  });

  it('a sibling is shown without what it started', () => {
    expect(shown([shell, sibling, cousin], dump)).toEqual([
      'parent of powershell ?',
      'powershell',
      '*rundll32',
      'whoami',
    ]);
  });

  it('a focus whose start is not stored is what its own event says, and its start fills it in', () => {
    const access: ProcessEvent = {
      eventId: 'a1',
      time: startAt + 9_000,
      native: { EventID: 10, SourceProcessGUID: guid(4), SourceProcessId: '104', SourceImage: 'rundll32' },
    };
    expect(shown([], access)).toEqual(['*rundll32 ?']);
    expect(shown([dump, shell], access)).toEqual(['parent of powershell ?', 'powershell', '*rundll32']);
  });

  it('reads Security 4688, where process ids are hexadecimal and ProcessId is the parent', () => {
    const created = (pid: number, parent: number, image: string, at: number): ProcessEvent => ({
      eventId: `s${pid}`,
      time: startAt + at,
      native: {
        EventID: 4688,
        NewProcessId: `0x${pid.toString(16)}`,
        ProcessId: `0x${parent.toString(16)}`,
        NewProcessName: image,
        ParentProcessName: 'services',
      },
    });
    const focus = created(0x12d8, 0x17d4, 'rundll32', 5);
    expect(processOf(focus.native)).toEqual({ self: 'pid:4824', parent: 'pid:6100' });
    // The id of the parent was used by another process long before.
    const events = [created(0x17d4, 4, 'powershell', 0), created(0x17d4, 4, 'notepad', -9_000_000)];
    expect(shown(events, focus)).toEqual(['services ?', 'powershell', '*rundll32']);
  });

  it('ends, although hostile events make a circle', () => {
    const [a, b] = [started(1, 2, 'a'), started(2, 1, 'b')];
    expect(buildProcessTree([a], b).length).toBeLessThanOrEqual(2);
  });

  it.each([
    { native: {}, why: 'no process at all' },
    { native: { ProcessGuid: '{00000000-0000-0000-0000-000000000000}' }, why: 'a GUID of zeros' },
    { native: { ProcessId: '-1' }, why: 'an id that is none' },
  ])('is empty for $why', ({ native }) => {
    expect(buildProcessTree([], { eventId: 'e', time: 0, native })).toEqual([]);
  });
});
