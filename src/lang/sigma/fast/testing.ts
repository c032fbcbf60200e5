/** For the differential tests: rules and events made at random from few characters, so that they meet. */
import fc from 'fast-check';
import type { CompiledRule } from '../compile.ts';
import { fingerprintOf, setFingerprint } from '../fingerprint.ts';
import type { SigmaEvent } from '../logsource.ts';
import { buildRuleSet, type RuleSet } from '../ruleset.ts';
import { compileText, testMappings } from '../testing.ts';
import { buildFastRuleSet } from './ruleset.ts';
import type { ProgramStore } from './store.ts';

const oneOf = (words: string): fc.Arbitrary<string> => fc.constantFrom(...words.split(' '));

/** Characters of one case folding class, of wildcards and escapes, of paths, of dashes, and beyond the BMP. */
const character = fc.constantFrom(
  ...Array.from('aAbkK\u212Asſ\u03c3\u03c2\u03a3éÉ\\*?.:-/\u2013 "12xe\n😀𐐀𐐨'),
);
const piece = oneOf(
  '\\cmd.exe cmd LSADUMP:: sekurlsa:: sekurLSA mimikatz .exe -enc /enc 10.1.2.3 2026-11-24 4688 true',
);
const encoded = fc.constantFrom('bWltaWthdHo=', 'c2VrdXJsc2E6Og', 'm\0i\0m\0i\0');
const joined = (part: fc.Arbitrary<string>, maxLength: number): fc.Arbitrary<string> =>
  fc.array(part, { maxLength }).map((list) => list.join(''));
const text = fc.oneof(
  { weight: 3, arbitrary: character },
  { weight: 3, arbitrary: piece },
  { weight: 2, arbitrary: joined(character, 3) },
  { weight: 2, arbitrary: joined(fc.oneof(piece, character), 3) },
);
const longText = joined(fc.oneof({ weight: 3, arbitrary: text }, encoded), 6);
const number = fc.constantFrom(0, 1, -1, 1.5, 16, 4688, 2 ** 53, 1e21);
const numberText = oneOf('1 01 1.0 1e0 -1 16 0x10 +1 4688 4688.0 9007199254740992 9007199254740993');
const name = oneOf('Image NewProcessName ProcessId a a a a.b a.b.c constructor');

type Json = unknown;
type Item = readonly [key: string, value: Json];

const many = <T>(value: fc.Arbitrary<T>): fc.Arbitrary<T | T[]> =>
  fc.oneof(value, fc.array(value, { minLength: 1, maxLength: 4 }));
const several = <T>(value: fc.Arbitrary<T>): fc.Arbitrary<T[]> =>
  fc.array(value, { minLength: 2, maxLength: 3 });
/** A field with one of the chains of modifiers (`-` for none). */
const item = (chains: string, value: fc.Arbitrary<Json>, field = name): fc.Arbitrary<Item> =>
  fc
    .tuple(field, oneOf(chains), value)
    .map(([key, chain, values]) => [chain === '-' ? key : `${key}|${chain}`, values]);

const pattern = fc.oneof(
  { weight: 6, arbitrary: text },
  { weight: 1, arbitrary: fc.constant('%list%') },
  { weight: 1, arbitrary: fc.tuple(character, character).map(([a, b]) => `${a}%list%${b}`) },
);
const regex = joined(
  oneOf(
    'a A k . \\w \\s \\d [aA] [^a] a+ .* a{2} (?:a|b) (cmd|exe) \\b ^ $ \\.exe enc \\\\ s lsa :: \\w+ .{1,3}',
  ),
  5,
).filter((source) => source !== '');
const items: fc.Arbitrary<Item> = fc.oneof(
  {
    weight: 8,
    arbitrary: item(
      '- contains startswith endswith contains contains neq contains|neq windash contains|windash endswith|windash' +
        ' cased contains|cased startswith|cased endswith|cased expand contains|expand' +
        ' base64|contains base64offset|contains wide|base64offset|contains utf16le|contains utf16be utf16|contains',
      many(pattern),
    ),
  },
  {
    weight: 2,
    arbitrary: item('contains|all startswith|all contains|all|windash endswith|all', several(text)),
  },
  {
    weight: 3,
    arbitrary: item('- - neq contains', many(fc.oneof(number, numberText, fc.boolean(), text))),
  },
  { weight: 3, arbitrary: item('re re re|i re|m re|s re|neq', many(regex)) },
  { weight: 1, arbitrary: item('re|all', several(regex)) },
  { weight: 1, arbitrary: item('lt lte gt gte', number) },
  { weight: 1, arbitrary: item('cidr cidr|neq', many(oneOf('10.0.0.0/8 10.1.2.3 ::/0 fe80::/10'))) },
  {
    weight: 1,
    arbitrary: item('day month year|gte week|lt hour|neq minute', fc.constantFrom(11, 24, 2026, 48, 7)),
  },
  { weight: 1, arbitrary: item('exists', fc.boolean()) },
  { weight: 1, arbitrary: item('- neq', fc.constant(null)) },
  {
    weight: 1,
    arbitrary: item('fieldref fieldref|neq fieldref|contains fieldref|startswith fieldref|cased', many(name)),
  },
  {
    weight: 1,
    arbitrary: item('all contains cased re startswith|cased', several(text), fc.constant('')),
  },
);
const map = fc.array(items, { minLength: 1, maxLength: 2 }).map((list) => Object.fromEntries(list));
const keyword = fc.oneof(text, piece, number, fc.boolean(), oneOf('lsadump:: Sekurlsa:: mimikatz'));
const selection: fc.Arbitrary<Json> = fc.oneof(
  { weight: 6, arbitrary: map },
  { weight: 2, arbitrary: fc.array(map, { minLength: 1, maxLength: 3 }) },
  { weight: 2, arbitrary: fc.array(keyword, { minLength: 1, maxLength: 3 }) },
);
const oneCondition = fc.constantFrom(
  ...(
    'sel1,sel1 and sel2,sel1 or sel2,not sel1,sel1 and not sel2,not (sel1 or sel2),not (sel1 and not sel2),1 of sel*,' +
    'all of sel*,not 1 of sel*,sel1 or (sel2 and not sel3),sel1 and not 1 of sel*,1 of them,(sel1 or sel2) and (sel2 or sel3)'
  ).split(','),
);
const condition = fc.oneof(oneCondition, several(oneCondition));
const logsource = fc.constantFrom(
  { product: 'windows' },
  { product: 'test' },
  { product: 'windows', category: 'process_creation' },
  { category: 'process_creation' },
  { product: 'windows', service: 'security' },
  { service: 'sysmon' },
  { product: 'windows', category: 'registry_delete' },
);

/** The rule's text: JSON is YAML. */
export const ruleTexts: fc.Arbitrary<string> = fc
  .record({ logsource, sel1: selection, sel2: selection, sel3: selection, condition })
  .map(({ logsource: asked, ...detection }) =>
    JSON.stringify({ title: 'a rule', logsource: asked, detection }),
  );

const scalar: fc.Arbitrary<Json> = fc.oneof(
  { weight: 8, arbitrary: longText },
  { weight: 2, arbitrary: number },
  { weight: 2, arbitrary: numberText },
  { weight: 1, arbitrary: fc.constantFrom(true, false, null, '') },
  { weight: 1, arbitrary: oneOf('TRUE False 2026-11-24T07:15:55Z 10.1.2.3 ::ffff:10.1.2.3 fe80::1') },
);
const value: fc.Arbitrary<Json> = fc.oneof(
  { weight: 8, arbitrary: scalar },
  { weight: 1, arbitrary: fc.array(fc.oneof(scalar, fc.array(scalar, { maxLength: 2 })), { maxLength: 3 }) },
  { weight: 1, arbitrary: fc.record({ b: scalar, 'b.c': scalar }, { requiredKeys: [] }) },
  { weight: 1, arbitrary: fc.record({ b: fc.record({ c: scalar }) }) },
  { weight: 1, arbitrary: fc.array(fc.record({ b: many(fc.record({ c: scalar })) }), { maxLength: 2 }) },
);
const eventSource = fc.constantFrom<SigmaEvent['logsource'][]>(
  { product: 'windows' },
  { product: 'Windows' },
  { product: 'test' },
  { product: 'test', category: 'process_creation' },
  {},
  { service: 'Sysmon' },
  { product: 'windows', service: 'other', moreServices: ['Security', 'sysmon'] },
  { moreServices: ['Sysmon'] },
);
const system = fc.record(
  {
    Channel: fc.constantFrom<Json[]>('Security', 'SECURITY', 'Microsoft-Windows-Sysmon/Operational', 'no', 1),
    EventID: fc.constantFrom<Json[]>(1, '1', 12, 4688, '4688', 5, true),
    EventType: oneOf('DeleteKey deletevalue SetValue'),
  },
  { requiredKeys: [] },
);
const fieldName = fc.oneof(name, oneOf('NewProcessId other a.b.c.d'));

export const events: fc.Arbitrary<SigmaEvent> = fc
  .tuple(
    eventSource,
    system,
    fc.dictionary(fieldName, value, { minKeys: 1, maxKeys: 5, noNullPrototype: true }),
  )
  .map(([from, known, fields]) => ({
    // As a parser gives them: no key holds "undefined", no two values are one object.
    fields: JSON.parse(JSON.stringify({ ...known, ...fields })),
    logsource: from,
  }));

const placeholders = { list: ['cmd', 'a*b', 4688, '\\cmd.exe'] };

/** Those of the rules that compile. */
export function compileAll(texts: readonly string[]): readonly CompiledRule[] {
  return texts.flatMap((one) => {
    const rule = compileText(one, placeholders);
    return typeof rule === 'string' ? [] : [rule];
  });
}

/** Of a batch in which every second record is no event. */
function batchAnswers(set: RuleSet, given: readonly SigmaEvent[]): readonly (readonly CompiledRule[])[] {
  const found: (readonly CompiledRule[])[] = given.map(() => []);
  const asked = new Set<number>();
  const event = (at: number): SigmaEvent | null => {
    if (asked.has(at)) throw new Error(`record ${at} was asked for twice`);
    asked.add(at);
    return at % 2 === 0 ? (given[at / 2] ?? null) : null;
  };
  const batch = { buffer: new Uint8Array(0), offsets: new Uint32Array(4 * given.length), event };
  set.matchBatch(batch, (at, rules) => {
    found[at / 2] = rules;
  });
  return found;
}

export interface Answers {
  readonly plain: readonly (readonly number[])[];
  readonly fast: readonly (readonly number[])[];
  /**
   * Of the fast engine when it sees the events a second time, as a batch, and a third: what comes twice is
   * remembered. And of programs that were kept, twice.
   */
  readonly again: readonly (readonly (readonly number[])[])[];
}

/** Positions of the rules that match, event by event. */
export function bothAnswers(
  rules: readonly CompiledRule[],
  given: readonly SigmaEvent[],
  cacheBytes = 1_000_000,
): Answers {
  const plain = buildRuleSet(rules, testMappings);
  const fast = buildFastRuleSet(rules, { mappings: testMappings, placeholders, cacheBytes });
  const positions = (found: readonly CompiledRule[]): readonly number[] =>
    found.map((rule) => rules.indexOf(rule));
  return {
    plain: given.map((event) => positions(plain.match(event))),
    fast: given.map((event) => positions(fast.match(event))),
    again: [
      batchAnswers(fast, given).map(positions),
      given.map((event) => positions(fast.match(event))),
      ...keptAnswers(rules, given, cacheBytes),
    ],
  };
}

/** Of programs that one rule set has built and another one is given as bytes, with rules that nobody can read. */
function keptAnswers(
  rules: readonly CompiledRule[],
  given: readonly SigmaEvent[],
  cacheBytes: number,
): readonly (readonly (readonly number[])[])[] {
  const store = memoryStore();
  const hollow = rules.map(hollowRule);
  return [rules, hollow].map((own, pass) => {
    const programs = pass === 0 ? store : { ...store, put: () => expectKept() };
    const set = buildFastRuleSet(own, { mappings: testMappings, placeholders, cacheBytes, programs });
    return given.map((event) => set.match(event).map((rule) => own.indexOf(rule)));
  });
}

function expectKept(): never {
  throw new Error('a program was built although it is kept');
}

/** Bytes are copied on their way, as through a file, and begin at odd places. */
export function memoryStore(): ProgramStore & { readonly kept: ReadonlyMap<string, Uint8Array> } {
  const kept = new Map<string, Uint8Array>();
  return {
    kept,
    get(key) {
      const bytes = kept.get(key);
      if (bytes === undefined) return null;
      const moved = new Uint8Array(bytes.byteLength + kept.size);
      moved.set(bytes, kept.size);
      return moved.subarray(kept.size);
    },
    put: (key, bytes) => void kept.set(key, bytes),
  };
}

/** The same rule, of which the detection is not to be looked at. */
export function hollowRule(compiled: CompiledRule): CompiledRule {
  const rule = {
    ...compiled.rule,
    get detection(): never {
      throw new Error('the detection of a rule was read');
    },
  };
  setFingerprint(rule, fingerprintOf(compiled.rule));
  return { ...compiled, rule };
}
