/** A detection as JSON: selections, conditions and values as they were read, with their lines. */
import type { Condition } from './condition.ts';
import { type Detection, type FieldItem, type Selection, sharedName } from './detection.ts';
import type { Modifier } from './modifiers.ts';
import type { YamlScalar } from './yaml.ts';

/** The text alone where the value is the same text; else what it was read as. */
export type PackedValue =
  | readonly [text: string, line: number]
  | readonly [text: string, line: number, as: 'number' | 'true' | 'false' | 'null'];
type PackedSelection =
  | readonly [written: string, line: number, values: readonly PackedValue[]]
  | { readonly all: readonly PackedSelection[] }
  | { readonly any: readonly PackedSelection[] };

export interface PackedDetection {
  readonly selections: readonly (readonly [string, PackedSelection])[];
  readonly conditions: readonly Condition[];
  readonly text: string;
}

export function packDetection({ selections, conditions, conditionText }: Detection): PackedDetection {
  const packed = [...selections].map(([name, selection]) => [name, packSelection(selection)] as const);
  return { selections: packed, conditions, text: conditionText };
}

export function unpackDetection({ selections, conditions, text }: PackedDetection): Detection {
  return {
    selections: new Map(selections.map(([name, selection]) => [name, unpackSelection(selection)])),
    conditions,
    conditionText: text,
  };
}

function packSelection(selection: Selection): PackedSelection {
  if (selection.kind === 'item') {
    return [selection.written, selection.line, selection.values.map(packValue)];
  }
  const items = selection.items.map(packSelection);
  return selection.kind === 'and' ? { all: items } : { any: items };
}

function unpackSelection(packed: PackedSelection): Selection {
  if ('all' in packed) return { kind: 'and', items: packed.all.map(unpackSelection) };
  if ('any' in packed) return { kind: 'or', items: packed.any.map(unpackSelection) };
  const [written, line, values] = packed;
  const [field = '', ...names] = written.split('|');
  const item: FieldItem = {
    kind: 'item',
    field: sharedName(field),
    // Read once already, from the same words.
    modifiers: names as readonly string[] as readonly Modifier[],
    written,
    values: values.map(unpackValue),
    line,
  };
  return item;
}

/** A number is made again from its text: JSON has no infinity and no negative zero. */
export function packValue({ value, text, line }: YamlScalar): PackedValue {
  if (typeof value === 'string') return [text, line];
  if (typeof value === 'number') return [text, line, 'number'];
  return [text, line, value === null ? 'null' : value ? 'true' : 'false'];
}

export function unpackValue([text, line, as]: PackedValue): YamlScalar {
  switch (as) {
    case undefined:
      return { kind: 'scalar', value: text, text, line };
    case 'number':
      return { kind: 'scalar', value: Number(text), text, line };
    case 'true':
    case 'false':
      return { kind: 'scalar', value: as === 'true', text, line };
    case 'null':
      break;
  }
  return { kind: 'scalar', value: null, text, line };
}
