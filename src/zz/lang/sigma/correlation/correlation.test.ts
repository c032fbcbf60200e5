import { describe, expect, it } from 'vitest';
import { correlate, correlationText, minute, type Told } from './testing.ts';

const count = (condition: string, more = '') =>
  correlationText(
    `type: event_count\nrules: [a]\ngroup-by: [User]\ntimespan: 10m\ncondition: {${condition}}${more}`,
  );
const of = (User: string, at: number, rule = 'a', more: Told['fields'] = {}): Told => ({
  rule,
  at: at * minute,
  fields: { User, ...more },
});

describe('event_count', () => {
  it('matches with the event that completes the number, in any window of the time span', () => {
    const { feed } = correlate(count('gte: 3'));
    expect(feed(of('jo', 0), of('jo', 6), of('jo', 11))).toEqual([]);
    expect(feed(of('jo', 15))).toEqual(['corr jo 3 [1 2 3]']);
  });

  it('events exactly the time span apart are within it', () => {
    const { feed } = correlate(count('gte: 2'));
    expect(feed(of('jo', 0), of('jo', 10))).toEqual(['corr jo 2 [0 1]']);
    expect(feed(of('al', 0), { ...of('al', 10), at: 10 * minute + 1 })).toEqual([]);
  });

  it('counts each group by itself, texts that differ in case as one', () => {
    const { feed } = correlate(count('gte: 2'));
    expect(feed(of('jo', 0), of('al', 1), of('JO', 2))).toEqual(['corr jo 2 [0 2]']);
  });

  it('an event counts towards one match', () => {
    const { feed } = correlate(count('gte: 2'));
    expect(feed(of('jo', 0), of('jo', 1), of('jo', 2), of('jo', 3))).toEqual([
      'corr jo 2 [0 1]',
      'corr jo 2 [2 3]',
    ]);
  });

  it('an event that comes late is counted where it belongs', () => {
    const { feed } = correlate(count('gte: 3'));
    expect(feed(of('jo', 0), of('jo', 14), of('jo', 9))).toEqual([]);
    expect(feed(of('jo', 8))).toEqual(['corr jo 3 [0 3 2]']);
  });

  it('an event that comes too late is left out and counted', () => {
    const { feed, correlator } = correlate(count('gte: 2'));
    expect(feed(of('jo', 100), of('jo', 84))).toEqual([]);
    expect(correlator.stats().get('corr')).toMatchObject({ late: 1, entries: 1 });
  });

  it('without group-by all events are one group', () => {
    const { feed } = correlate(
      correlationText('type: event_count\nrules: [a]\ntimespan: 10m\ncondition: {gte: 2}'),
    );
    expect(feed(of('jo', 0), of('al', 1))).toEqual(['corr 2 [0 1]']);
  });

  it('an event without the field of group-by belongs to no group', () => {
    const { feed } = correlate(count('gte: 1'));
    expect(feed({ rule: 'a', at: 0 }, { rule: 'a', at: 0, fields: { User: [] } })).toEqual([]);
  });

  it('an event with several values of it belongs to several groups', () => {
    const { feed } = correlate(count('gte: 2'));
    expect(feed({ rule: 'a', at: 0, fields: { User: ['jo', 'al'] } }, of('al', 1))).toEqual([
      'corr al 2 [0 1]',
    ]);
  });

  it('several rules are counted together', () => {
    const { feed } = correlate(count('gte: 2').replace('[a]', '[a, id-b]'));
    expect(feed(of('jo', 0), of('jo', 1, 'b'), of('jo', 1, 'c'))).toEqual(['corr jo 2 [0 1]']);
  });

  it('a condition that more events can break is held against windows that are over', () => {
    const { feed } = correlate(count('gte: 2, lte: 3'));
    // Windows: 0-10 (two), 20-30 (four), 40-50 (three); each is over with an event beyond it and the lateness.
    expect(feed(of('jo', 0), of('jo', 9))).toEqual([]);
    expect(feed(...[20, 21, 22, 23].map((at) => of('jo', at)))).toEqual(['corr jo 2 [0 1]']);
    expect(feed(...[40, 41, 42].map((at) => of('jo', at)))).toEqual([]);
    expect(feed(of('jo', 60))).toEqual(['corr jo 3 [6 7 8]']);
  });

  it('a window is over as well when nothing more comes for it', () => {
    const { feed, advance, correlator } = correlate(count('eq: 1'));
    feed(of('jo', 0));
    expect(advance(15 * minute)).toEqual([]);
    expect(advance(15 * minute + 1)).toEqual(['corr jo 1 [0]']);
    expect(correlator.stats().get('corr')?.groups).toBe(0);
  });

  it('an old archive is counted as what happens now is: time of receipt does not close its windows early', () => {
    const { feed } = correlate(count('lte: 1'));
    const old = (at: number): Told => ({ ...of('jo', at), receivedAt: 1_000_000 * minute });
    expect(feed(old(0), old(5), old(100))).toEqual([]);
    expect(feed(old(200))).toEqual(['corr jo 1 [2]']);
  });
});

describe('value_count', () => {
  const distinct = (field = 'Host', more = '') =>
    correlationText(
      `type: value_count\nrules: [a]\ngroup-by: [User]\ntimespan: 10m\ncondition: {field: ${field}, gte: 2}${more}`,
    );
  it('counts different values, not events', () => {
    const { feed } = correlate(distinct());
    expect(feed(of('jo', 0, 'a', { Host: 'h1' }), of('jo', 1, 'a', { Host: 'H1' }))).toEqual([]);
    expect(feed(of('jo', 2, 'a', { Host: 'h2' }))).toEqual(['corr jo 2 [0 1 2]']);
  });
  it('a value that left the window does not count', () => {
    const { feed } = correlate(distinct());
    expect(feed(of('jo', 0, 'a', { Host: 'h1' }), of('jo', 11, 'a', { Host: 'h2' }))).toEqual([]);
  });
  it('several fields are counted as combinations', () => {
    const { feed } = correlate(distinct('[Host, Port]'));
    expect(
      feed(of('jo', 0, 'a', { Host: 'h', Port: '1' }), of('jo', 1, 'a', { Host: 'h', Port: '2' })),
    ).toEqual(['corr jo 2 [0 1]']);
  });
  it('each value of an array is one', () => {
    const { feed } = correlate(distinct());
    expect(feed(of('jo', 0, 'a', { Host: ['h1', 'h2'] }))).toEqual(['corr jo 2 [0 0]']);
  });
});

describe('temporal', () => {
  const near = (type: string, condition = '') =>
    correlationText(`type: ${type}\nrules: [a, b, c]\ngroup-by: [User]\ntimespan: 10m${condition}`);
  it('asks for all of its rules, in any order', () => {
    const { feed } = correlate(near('temporal'));
    expect(feed(of('jo', 0, 'c'), of('jo', 1, 'a'), of('al', 2, 'b'), of('jo', 3, 'b'))).toEqual([
      'corr jo 3 [0 1 3]',
    ]);
  });
  it('with a condition it asks for that many different rules', () => {
    const { feed } = correlate(near('temporal', '\ncondition: {gte: 2}'));
    expect(feed(of('jo', 0, 'c'), of('jo', 1, 'c'), of('jo', 3, 'b'))).toEqual(['corr jo 2 [0 1 2]']);
  });
  it('ordered: in the order of its rules only', () => {
    const { feed } = correlate(near('temporal_ordered'));
    expect(feed(of('jo', 0, 'b'), of('jo', 1, 'a'), of('jo', 2, 'c'))).toEqual([]);
    expect(feed(of('jo', 3, 'b'), of('jo', 4, 'c'))).toEqual(['corr jo 3 [1 3 4]']);
  });
  it('ordered: the chain that began last is what counts against the time span', () => {
    const { feed } = correlate(near('temporal_ordered'));
    expect(feed(of('jo', 0, 'a'), of('jo', 8, 'a'), of('jo', 9, 'b'), of('jo', 12, 'c'))).toEqual([
      'corr jo 3 [1 2 3]',
    ]);
    expect(feed(of('al', 0, 'a'), of('al', 9, 'b'), of('al', 12, 'c'))).toEqual([]);
  });
  it('ordered, with a condition: that many of them, still in order', () => {
    const { feed } = correlate(near('temporal_ordered', '\ncondition: {gte: 2}'));
    expect(feed(of('jo', 0, 'c'), of('jo', 1, 'a'))).toEqual([]);
    expect(feed(of('jo', 2, 'c'))).toEqual(['corr jo 2 [1 2]']);
  });
});

describe('value_sum, value_avg, value_percentile', () => {
  const valued = (type: string, condition: string, field = 'Bytes') =>
    correlationText(
      `type: ${type}\nrules: [a]\ngroup-by: [User]\ntimespan: 10m\ncondition: {field: ${field}, ${condition}}`,
    );
  const bytes = (at: number, Bytes: string): Told => of('jo', at, 'a', { Bytes });
  it('a sum matches as soon as it is large enough, over numbers only', () => {
    const { feed } = correlate(valued('value_sum', 'gt: 100'));
    expect(feed(bytes(0, '60'), bytes(1, 'many'), bytes(2, ' '), bytes(3, '40'))).toEqual([]);
    expect(feed(bytes(4, '0.5'))).toEqual(['corr jo 100.5 [0 3 4]']);
  });
  it('a sum of what left the window does not match', () => {
    const { feed } = correlate(valued('value_sum', 'gte: 100'));
    expect(feed(bytes(0, '60'), bytes(11, '60'))).toEqual([]);
  });
  it('an average is that of a window that is over', () => {
    const { feed } = correlate(valued('value_avg', 'gt: 500'));
    expect(feed(bytes(0, '900'), bytes(5, '200'), bytes(20, '1'))).toEqual(['corr jo 550 [0 1]']);
  });
  it('a percentile names values by their share of the events of a window', () => {
    const { feed } = correlate(valued('value_percentile', 'lte: 25', 'Image'));
    const image = (at: number, Image: string): Told => of('jo', at, 'a', { Image });
    expect(feed(image(0, 'x'), image(1, 'x'), image(2, 'rare'), image(3, 'X'), image(20, 'x'))).toEqual([
      'corr jo 25 [2]',
    ]);
  });
});

describe('aliases and chains', () => {
  it('an alias is the field that each rule has under it', () => {
    const { feed } = correlate(
      correlationText(
        'type: temporal\nrules: [a, id-b]\ngroup-by: [ip]\ntimespan: 10m\naliases:\n  ip:\n    a: Source\n    id-b: Destination',
      ),
    );
    expect(
      feed(
        { rule: 'a', at: 0, fields: { Source: '10.0.0.1', Destination: '10.0.0.9' } },
        { rule: 'b', at: 1, fields: { Destination: '10.0.0.1' } },
      ),
    ).toEqual(['corr 10.0.0.1 2 [0 1]']);
  });

  const many = correlationText(
    'type: event_count\nrules: [a]\ngroup-by: [Host]\ntimespan: 10m\ncondition: {gte: 2}',
    'many',
  );
  const then = correlationText(
    'type: temporal_ordered\nrules: [many, b]\ngroup-by: [User]\ntimespan: 10m',
    'then',
  );

  it('a correlation feeds another, by the group of its own, or by the fields of the event that completed it', () => {
    // The order of the documents does not matter.
    const { feed } = correlate(`${then}---\n${many}`);
    expect(feed(of('al', 0, 'a', { Host: 'h' }), of('jo', 1, 'a', { Host: 'h' }), of('al', 2, 'b'))).toEqual(
      [],
    );
    expect(feed(of('jo', 3, 'b'))).toEqual(['then jo 2 [1 3]']);
  });

  it('what only feeds others is not told, unless they ask for it', () => {
    const twice = [of('al', 0, 'a', { Host: 'h' }), of('jo', 1, 'a', { Host: 'h' })];
    expect(correlate(`${then}generate: true\n---\n${many}`).feed(...twice)).toEqual(['many h 2 [0 1]']);
    expect(correlate(many).feed(...twice)).toEqual(['many h 2 [0 1]']);
  });
});

describe('limits', () => {
  it('what was touched longest ago goes first, and is counted', () => {
    const { feed, correlator } = correlate(count('gte: 3'), { maxEntries: 4 });
    feed(of('u1', 0), of('u1', 0), of('u2', 0), of('u2', 0), of('u1', 1, 'c'), of('u3', 1));
    expect(correlator.stats().get('corr')).toMatchObject({ groups: 2, entries: 3, evicted: 2 });
    expect(feed(of('u1', 1))).toEqual([]);
    expect(feed(of('u2', 1))).toEqual(['corr u2 3 [2 3 7]']);
  });
  it('a group whose condition does not bound it is bounded by itself', () => {
    const { feed, correlator } = correlate(
      correlationText(
        'type: value_count\nrules: [a]\ngroup-by: [User]\ntimespan: 10m\ncondition: {field: Host, gte: 9}',
      ),
      { maxGroupEntries: 3 },
    );
    feed(...[0, 1, 2, 3, 4].map((at) => of('jo', at, 'a', { Host: 'same' })));
    expect(correlator.stats().get('corr')).toMatchObject({ entries: 3, evicted: 2 });
  });
});

describe('new terms', () => {
  const rule = (more = '') =>
    `title: new\nid: new\nnew_terms:\n  rules: [a]\n  fields: [Ip]\n  group-by: [User]\n  window: 30d\n  learning: 1d${more}\n`;
  const day = 24 * 60;
  const ip = (User: string, at: number, Ip: string): Told => of(User, at, 'a', { Ip });
  it('only learns first, then matches what was not seen for the entity', () => {
    const { feed } = correlate(rule());
    expect(feed(ip('jo', 0, '1'), ip('jo', 5, '2'))).toEqual([]);
    expect(feed(ip('jo', day, '1'), ip('jo', day, '3'), ip('jo', day, '3'))).toEqual(['new jo 1 [3]']);
    expect(feed(ip('al', day, '1'))).toEqual(['new al 1 [5]']);
  });
  it('a term that was not seen for a whole window is new again; one that was is not', () => {
    const { feed } = correlate(rule());
    expect(feed(ip('jo', 0, '1'), ip('jo', 30 * day, '1'), ip('jo', 60 * day, '1'))).toEqual([]);
    expect(feed(ip('jo', 90 * day + 1, '1'))).toEqual(['new jo 1 [3]']);
  });
  it('several fields are a combination', () => {
    const { feed } = correlate(rule().replace('[Ip]', '[Ip, Host]'));
    feed(of('jo', 0, 'a', { Ip: '1', Host: 'h' }), of('jo', 0, 'a', { Ip: '2', Host: 'g' }));
    expect(feed(of('jo', day, 'a', { Ip: '1', Host: 'h' }))).toEqual([]);
    expect(feed(of('jo', day, 'a', { Ip: '1', Host: 'g' }))).toEqual(['new jo 1 [3]']);
  });
});
