/** Rules that are kept between starts: the same as if they were read, and never the cause of a fault. */
import {
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { damages } from '../../test/support/damages.ts';
import { compileRule, parseMappings, parseSigma } from '../lang/sigma/index.ts';
import { readRuleCache, writeRuleCache } from './rule-cache.ts';
import { cachedReader, type RuleReader } from './rule-reader.ts';

const mappings = parseMappings(readFileSync('content/mappings/windows.yml', 'utf8'));

let directory = '';
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'wf-rules-'));
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

function rule(title: string, value = 'x', modifier = ''): string {
  return `title: ${title}\nlogsource: {product: test}\ndetection:\n  sel:\n    a${modifier}: '${value}'\n  condition: sel\n`;
}

/** What a load does with each text; gives what it has read, and how many of it were known before. */
function load(reader: RuleReader, texts: readonly string[], placeholders = {}) {
  let known = 0;
  const read = texts.map((text, at) => {
    const parsed = reader.parse(text, `${at}.yml`);
    for (const document of parsed.documents) {
      if (reader.proven.has(document)) known += 1;
      const { proven } = reader;
      if (compileRule(document, { mappings, placeholders, proven }).ok) proven.add(document);
    }
    return parsed;
  });
  return { read, known, problem: reader.keep() };
}

const texts = ['one', 'two', 'three'].map((title) => rule(title));
const reader = (version = '1', placeholders = {}) => cachedReader({ directory, version }, placeholders);
const cacheFiles = (): string[] => readdirSync(directory).map((name) => join(directory, name));
const onlyFile = (): string => cacheFiles()[0] ?? '';

describe('rules that were read before', () => {
  it('are not read again, by this process or another, and say the same', () => {
    const first = reader();
    expect(load(first, texts)).toMatchObject({ known: 0, problem: null });
    expect(load(first, texts)).toMatchObject({ known: 3 });
    const other = load(reader(), texts);
    expect(other).toMatchObject({ known: 3, problem: null });
    expect(other.read).toEqual(texts.map((text, at) => parseSigma(text, `${at}.yml`)));
  });

  it('are read again where their text has changed, and only those', () => {
    load(reader(), texts);
    const [, ...others] = texts;
    const changed = load(reader(), [rule('one', 'y'), ...others]);
    expect(changed.known).toBe(2);
    expect(changed.read[0]).toEqual(parseSigma(rule('one', 'y'), '0.yml'));
    expect(load(reader(), [rule('one', 'y'), ...others]).known).toBe(3);
  });

  it.each([
    ['the code is another', '2', {}],
    ['the placeholders are others', '1', { list: ['y'] }],
  ])('are read again when %s', (_, version, placeholders) => {
    load(reader(), texts);
    expect(load(reader(version, placeholders), texts, placeholders).known).toBe(0);
    expect(load(reader(), texts).known).toBe(3);
  });

  it('keep the fault of what can not be read or compiled', () => {
    const faulty = [rule('placeholder', '%list%', '|expand'), 'title: ['];
    load(reader(), [...texts, ...faulty]);
    const { read, known } = load(reader(), [...texts, ...faulty]);
    expect(known).toBe(3);
    expect(read.at(-1)?.refused).toHaveLength(1);
    const [document] = read.at(-2)?.documents ?? [];
    expect(document && compileRule(document, { mappings }).ok).toBe(false);
  });

  it('of the rules that a filter changes are kept as they are written', () => {
    const [text = ''] = texts;
    const first = reader();
    first.parse(text, 'a.yml');
    // Nobody has compiled the rule itself, only what the filter made of it.
    expect(first.keep()).toBeNull();
    expect(load(reader(), [text]).known).toBe(1);
  });
});

describe('a file of kept rules', () => {
  it.each(damages)('that is %s is as good as none, and is written anew', (_, damage) => {
    load(reader(), texts);
    damage(onlyFile());
    const { read, known } = load(reader(), texts);
    expect(known).toBe(0);
    expect(read).toEqual(texts.map((text, at) => parseSigma(text, `${at}.yml`)));
    expect(load(reader(), texts).known).toBe(3);
  });

  it('that is put under the name of another version is not used', () => {
    load(reader('1'), texts);
    const bytes = readFileSync(onlyFile());
    load(reader('2'), [rule('other')]);
    for (const path of cacheFiles()) writeFileSync(path, bytes);
    expect(load(reader('2'), texts).known).toBe(0);
  });

  it('that can not be written is no fault: the reason is told', () => {
    const blocked = join(directory, 'file');
    writeFileSync(blocked, '');
    const { read, problem } = load(cachedReader({ directory: blocked, version: '1' }), texts);
    expect(problem).toMatch(/EEXIST|ENOTDIR/);
    expect(read.flatMap(({ documents }) => documents)).toHaveLength(3);
  });

  it('is whole, whoever of two that write at once comes last', () => {
    const [one, two] = [reader(), reader()];
    const [first = '', second = '', third = ''] = texts;
    for (const text of [first, second]) one.parse(text, 'a.yml');
    for (const text of [second, third]) two.parse(text, 'a.yml');
    expect([one.keep(), two.keep()]).toEqual([null, null]);
    expect(load(reader(), [second, third]).known).toBe(2);
    expect(cacheFiles()).toHaveLength(1);
  });

  it('is not written again when it says nothing new', () => {
    load(reader(), [...texts, 'title: [']);
    utimesSync(onlyFile(), new Date(1_000), new Date(1_000));
    load(reader(), ['title: [', ...texts.slice(1)]);
    expect(statSync(onlyFile()).mtimeMs).toBe(1_000);
  });

  it('makes way: the newest of other versions stay, older ones and what a crash has left go', () => {
    const part = join(directory, `rules-${'0'.repeat(16)}.cache.${'0'.repeat(16)}.part`);
    const foreign = join(directory, 'notes.txt');
    for (const path of [part, foreign]) {
      writeFileSync(path, '');
      utimesSync(path, new Date(1_000), new Date(1_000));
    }
    for (let version = 1; version <= 6; version += 1) load(reader(String(version)), texts);
    expect(existsSync(part)).toBe(false);
    expect(existsSync(foreign)).toBe(true);
    expect(cacheFiles()).toHaveLength(5);
    expect(load(reader('6'), texts).known).toBe(3);
  });

  it('has a limit: what is not in use goes first', () => {
    const options = { directory, version: '1', maxBytes: 1_000 };
    const heads = Buffer.alloc(300);
    const files = new Map(['a', 'b', 'c', 'd'].map((hash) => [hash, { heads, detections: Buffer.alloc(1) }]));
    expect(writeRuleCache(options, files)).toBeNull();
    expect([...readRuleCache(options).keys()]).toEqual(['a', 'b', 'c']);
  });
});
