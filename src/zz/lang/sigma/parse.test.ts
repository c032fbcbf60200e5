/** Files: several documents, what is refused and at which line, and files made to hurt. */
import { describe, expect, it } from 'vitest';
import { parseSigma } from './index.ts';

const good = `title: good
id: 5F3A0E6E-0000-4000-8000-000000000001
logsource:
  product: windows
detection:
  sel:
    a: 1
  condition: sel
`;

const refusals = (text: string) =>
  parseSigma(text, 'x.yml').refused.map(({ line, title, reason }) => ({ line, title, reason }));

describe('parseSigma', () => {
  it('reads what a rule says about itself', () => {
    const { documents, refused } = parseSigma(
      `# comment\n${good}level: high\nauthor: A, B\ntags: [attack.t1059]\nreferences:\n  - https://example.org\ndate: 2026-01-02\ncustom: kept out\n`,
      'dir/x.yml',
    );
    expect(refused).toEqual([]);
    expect(documents[0]).toMatchObject({
      id: '5f3a0e6e-0000-4000-8000-000000000001',
      title: 'good',
      level: 'high',
      author: 'A, B',
      tags: ['attack.t1059'],
      references: ['https://example.org'],
      date: '2026-01-02',
      logsource: { product: 'windows' },
      condition: 'sel',
      file: 'dir/x.yml',
      line: 2,
    });
  });

  it('a rule without level is medium, one without id gets an id that comments do not change', () => {
    const bare = good.replace(/^id:.*\n/m, '');
    const [first] = parseSigma(bare, 'a.yml').documents;
    const [second] = parseSigma(`# moved\n\n${bare}status: test\n`, 'b.yml').documents;
    const [third] = parseSigma(bare.replace('a: 1', 'a: 2'), 'a.yml').documents;
    expect(first?.level).toBe('medium');
    expect(first?.id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
    expect(second?.id).toBe(first?.id);
    expect(third?.id).not.toBe(first?.id);
  });

  it('a broken document does not take its neighbours with it', () => {
    const { documents, refused } = parseSigma(`${good}---\ntitle: broken\na: [1\n---\n${good}`, 'x.yml');
    expect(documents.map(({ line }) => line)).toEqual([1, 13]);
    expect(refused).toHaveLength(1);
    expect(refused[0]).toMatchObject({ title: 'broken', file: 'x.yml' });
    expect(refused[0]?.line).toBeGreaterThanOrEqual(10);
    expect(refused[0]?.line).toBeLessThanOrEqual(12);
  });

  it.each([
    {
      why: 'a bad modifier at its line',
      text: good.replace('a: 1', 'a|conains: 1'),
      line: 7,
      reason: 'conains',
    },
    {
      why: 'a bad condition at its line',
      text: good.replace('condition: sel', 'condition: sol'),
      line: 8,
      reason: 'sol',
    },
    {
      why: 'no title: where it starts',
      text: `\n${good.replace(/^title.*\n/, '')}`,
      line: 2,
      reason: 'no title',
    },
    { why: 'no logsource', text: good.replace(/logsource:\n.*\n/, ''), line: 1, reason: 'no logsource' },
    {
      why: 'an empty logsource',
      text: good.replace('product: windows', 'definition: x'),
      line: 3,
      reason: 'neither',
    },
    { why: 'no condition', text: good.replace(/ {2}condition.*\n/, ''), line: 5, reason: 'no condition' },
    { why: 'an unknown level', text: `${good}level: extreme\n`, line: 9, reason: 'level has to be' },
    { why: 'a duplicate key', text: good.replace('a: 1', 'a: 1\n    a: 2'), line: 8, reason: 'stands twice' },
    {
      why: 'a duplicate selection',
      text: good.replace('  condition', '  sel: {b: 1}\n  condition'),
      line: 8,
      reason: 'stands twice',
    },
    { why: 'an unknown YAML tag', text: good.replace('a: 1', 'a: !!binary x'), line: 7, reason: 'tag' },
    { why: 'a merge key', text: good.replace('a: 1', '<<: {a: 1}'), line: 7, reason: 'merge' },
    { why: 'timeframe', text: `${good.trimEnd()}\n  timeframe: 5m\n`, line: 9, reason: 'timeframe' },
    {
      why: 'a correlation, by kind',
      text: 'title: c\ncorrelation:\n  type: event_count\n',
      line: 2,
      reason: 'correlation has no rules',
    },
    {
      why: 'a filter',
      text: 'title: f\nlogsource: {product: x}\nfilter: {}\n',
      line: 3,
      reason: 'filter has no rules',
    },
    { why: 'a list', text: '- a\n', line: 1, reason: 'not a map' },
    { why: 'an empty file', text: '# nothing\n', line: 1, reason: 'no document' },
  ])('names the line: $why', ({ text, line, reason }) => {
    const [refused, ...others] = refusals(text);
    expect(others).toEqual([]);
    expect(refused?.reason).toContain(reason);
    expect(refused?.line).toBe(line);
  });

  it('a collection with "action" is refused whole: its parts lack what the global one says', () => {
    expect(refusals(`action: global\ntitle: g\n---\n${good}`)).toHaveLength(2);
  });

  it('aliases are read', () => {
    const { documents } = parseSigma(good.replace('a: 1', 'a: &x [1, 2]\n    b: *x'), 'x.yml');
    expect(documents).toHaveLength(1);
  });

  it('aliases that explode are refused', () => {
    const bomb = ['a0: &a0 [x,x,x,x,x,x,x,x,x,x]'];
    for (let n = 1; n < 12; n += 1)
      bomb.push(
        `a${n}: &a${n} [${Array(10)
          .fill(`*a${n - 1}`)
          .join(',')}]`,
      );
    expect(refusals(bomb.join('\n'))[0]?.reason).toContain('too large');
  });

  it('a file beyond the limit is refused before it is read', () => {
    expect(refusals(`#${'x'.repeat(2_000_001)}`)[0]?.reason).toContain('too large');
  });

  it('nesting beyond the limit is refused', () => {
    expect(refusals(`a: ${'['.repeat(5000)}`)[0]?.reason).toContain('not valid YAML');
  });

  it('a byte order mark and CR LF are taken', () => {
    expect(parseSigma(`\uFEFF${good.replaceAll('\n', '\r\n')}`, 'x.yml').documents).toHaveLength(1);
  });
});
