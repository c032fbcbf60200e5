/** Which accounts are learnt from Windows events. */
import { describe, expect, it } from 'vitest';
import type { ParsedEvent } from '../model/event.ts';
import { createAccountCollector } from './accounts.ts';

const domain = 'S-1-5-21-1111-2222-3333';
const eventOf = (native: Readonly<Record<string, unknown>>): ParsedEvent =>
  ({
    native: { Channel: 'Security', Computer: 'WS5.corp.example', ...native },
    logsource: { product: 'windows' },
  }) as unknown as ParsedEvent;
const target = (sid: string, name: string, of = 'CORP') => ({
  EventID: 4624,
  TargetUserSid: sid,
  TargetUserName: name,
  TargetDomainName: of,
});

function namesOf(...events: readonly (readonly [ParsedEvent, number])[]): readonly string[] {
  const collector = createAccountCollector();
  for (const [event, at] of events) collector.add(event, at);
  return collector.names().map(({ sid, name }) => `${sid.slice(domain.length)} ${name}`);
}

describe('accounts of the Security log', () => {
  it.each([
    { native: target(`${domain}-1104`, 'ana'), names: ['-1104 CORP\\ana'], why: 'a sign-in names both' },
    {
      native: {
        EventID: 4672,
        SubjectUserSid: `${domain}-1104`,
        SubjectUserName: 'ana',
        SubjectDomainName: 'CORP',
      },
      names: ['-1104 CORP\\ana'],
      why: 'the subject too',
    },
    {
      native: { EventID: 4720, TargetSid: `${domain}-1200`, TargetUserName: 'new', TargetDomainName: 'CORP' },
      names: ['-1200 CORP\\new'],
      why: 'an account that was made',
    },
    {
      native: {
        EventID: 4781,
        TargetSid: `${domain}-1200`,
        OldTargetUserName: 'new',
        NewTargetUserName: 'newer',
        TargetDomainName: 'CORP',
      },
      names: ['-1200 CORP\\newer'],
      why: 'a renamed one by its new name',
    },
    {
      native: {
        EventID: 4728,
        TargetSid: `${domain}-1300`,
        TargetUserName: 'Admins',
        TargetDomainName: 'CORP',
      },
      names: [],
      why: 'the target is a group',
    },
    {
      native: { EventID: 4740, TargetSid: `${domain}-1104`, TargetUserName: 'ana', TargetDomainName: 'WS7' },
      names: [],
      why: 'the domain of a lockout is a computer',
    },
    {
      native: target(`${domain}-500`, 'Administrator'),
      names: [],
      why: 'built-in accounts are on every machine',
    },
    { native: target('S-1-5-18', 'SYSTEM', 'NT AUTHORITY'), names: [], why: 'so are well-known ones' },
    { native: target('S-1-5-32-544', 'Administrators', 'BUILTIN'), names: [], why: 'and built-in groups' },
    { native: target('S-1-0-0', 'ana'), names: [], why: 'nobody signed in' },
    {
      native: target(`${domain}-1001`, 'kiosk', 'WS5'),
      names: [],
      why: 'clones of a machine share local SIDs',
    },
    { native: target(`${domain}-1105`, 'WS5$'), names: [], why: 'a machine' },
    { native: target(`${domain}-1104`, `${domain}-1104`), names: [], why: 'a name that was not resolved' },
    { native: target(`${domain}-1104`, '-', '-'), names: [], why: 'no name' },
    {
      native: target(`${domain}-1104`, 'ana@corp.example', ''),
      names: ['-1104 ana@corp.example'],
      why: 'a UPN',
    },
    {
      native: { ...target(`${domain}-1104`, 'ana'), Channel: 'Application' },
      names: [],
      why: 'any program writes there what it likes',
    },
  ])('$why', ({ native, names }) => {
    expect(namesOf([eventOf(native), 1])).toEqual(names);
  });

  it('the newest name of a SID is told once, whatever the order', () => {
    const [older, newer] = [
      eventOf(target(`${domain}-1104`, 'ana')),
      eventOf(target(`${domain}-1104`, 'bea')),
    ];
    expect(namesOf([newer, 5], [older, 1], [newer, 4])).toEqual(['-1104 CORP\\bea']);
  });
});
