/** How texts are looked for in raw. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { certainParts, textForms } from './match.ts';

/** Every way to write a text inside a JSON string: each character as it is, short or as \u. */
function written(text: string): fc.Arbitrary<string> {
  const short: Readonly<Record<string, string>> = {
    '\b': '\\b',
    '\f': '\\f',
    '\n': '\\n',
    '\r': '\\r',
    '\t': '\\t',
  };
  const ways = text.split('').map((unit) => {
    const hex = `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`;
    const others = [
      short[unit],
      '"\\/'.includes(unit) ? `\\${unit}` : undefined,
      /["\\]|[^\u0020-\uffff]/.test(unit) ? undefined : unit,
    ];
    return fc.constantFrom(
      hex,
      hex.toUpperCase().replace('U', 'u'),
      ...others.filter((way) => way !== undefined),
    );
  });
  return fc.tuple(...ways).map((units) => units.join(''));
}

const wellFormed = fc.string({ unit: 'grapheme', maxLength: 30 }).filter((text) => text.isWellFormed());

describe('the certain parts of a value', () => {
  test('one of them stands in every JSON text that means the value, so that no event is lost', () => {
    const cases = wellFormed.chain((text) => fc.tuple(fc.constant(text), written(text)));
    fc.assert(
      fc.property(cases, ([text, inside]) => {
        expect(JSON.parse(`"${inside}"`)).toBe(text);
        const parts = certainParts(text);
        expect(parts.length === 0 || parts.some((part) => inside.includes(part))).toBe(true);
      }),
      { numRuns: 500 },
    );
  });

  test('the same in XML, whose writers may escape any character by its number', () => {
    const named: Readonly<Record<string, string>> = {
      '&': 'amp',
      '<': 'lt',
      '>': 'gt',
      '"': 'quot',
      "'": 'apos',
    };
    const ways = (text: string) =>
      fc.tuple(
        ...Array.from(text).map((unit) => {
          const name = named[unit];
          const other = name === undefined ? unit : `&${name};`;
          return fc.constantFrom(other, other, `&#x${(unit.codePointAt(0) ?? 0).toString(16)};`);
        }),
      );
    fc.assert(
      fc.property(
        wellFormed.chain((text) => fc.tuple(fc.constant(text), ways(text))),
        ([text, units]) => {
          const parts = certainParts(text);
          expect(parts.length === 0 || parts.some((part) => units.join('').includes(part))).toBe(true);
        },
      ),
    );
  });

  test.each([
    {
      why: 'the longest run is the most selective',
      value: 'C:\\Windows\\cmd',
      parts: ['Windows', '\\u00', '&#'],
    },
    { why: 'an ASCII letter can only hide in \\u00xx', value: 'svchost', parts: ['svchost', '\\u00', '&#'] },
    { why: 'other letters can hide in any \\u', value: 'é', parts: ['é', '\\u', '&#'] },
    { why: 'what is always escaped says nothing', value: '"\\/\n&<>', parts: [] },
    { why: 'nothing says nothing', value: '', parts: [] },
  ])('$value: $why', ({ value, parts }) => {
    expect(certainParts(value)).toEqual(parts);
  });
});

describe('the forms of a text', () => {
  test('a text that nothing escapes is looked for once, because each needle costs time', () => {
    expect(textForms('powershell -enc')).toEqual(['powershell -enc']);
  });

  test('every common way to write a text in JSON holds one of them', () => {
    fc.assert(
      fc.property(wellFormed, (text) => {
        const forms = textForms(text);
        expect(forms).toContain(text);
        expect(forms).toContain(JSON.stringify(text).slice(1, -1));
        expect(forms.length).toBeLessThanOrEqual(5);
      }),
    );
  });
});
