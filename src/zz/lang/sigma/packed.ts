/** Rules as pure data that can be kept and read again in a small part of the time that their YAML takes. */
import type { Condition } from './condition.ts';
import { type Detection, type FieldItem, type Selection, sharedName } from './detection.ts';
import type { DocumentHead } from './head.ts';
import type { Modifier } from './modifiers.ts';
import type { ParsedFile } from './parse.ts';
import type { RuleLogsource, SigmaRule } from './rule.ts';
import type { YamlScalar } from './yaml.ts';

/** JSON of every document's head, and of every document's detection, which is read when it is asked for. */
export interface PackedFile {
  readonly heads: string;
  readonly detections: string;
}

type Head = Omit<DocumentHead, 'source' | 'file'> & {
  readonly logsource: RuleLogsource;
  /** Where the document's own text stands in the file's. */
  readonly from: number;
  readonly to: number;
};

/** The text alone where the value is the same text; else what it was read as. */
type PackedValue =
  | readonly [text: string, line: number]
  | readonly [text: string, line: number, as: 'number' | 'true' | 'false' | 'null'];
type PackedSelection =
  | readonly [written: string, line: number, values: readonly PackedValue[]]
  | { readonly all: readonly PackedSelection[] }
  | { readonly any: readonly PackedSelection[] };
interface PackedDetection {
  readonly selections: readonly (readonly [string, PackedSelection])[];
  readonly conditions: readonly Condition[];
  readonly text: string;
}

/** Null for a file that holds anything but detection rules: there are few, and they are quickly read. */
export function packFile(text: string, parsed: ParsedFile): PackedFile | null {
  const { documents, correlations, newTerms, filters, refused } = parsed;
  if (correlations.length + newTerms.length + filters.length + refused.length > 0) return null;
  const heads = documents.map((rule): Head => {
    const from = text.indexOf(rule.source);
    const unsaid = { source: undefined, file: undefined, detection: undefined, condition: undefined };
    return { ...rule, ...unsaid, from, to: from + rule.source.length };
  });
  if (heads.some(({ from }) => from === -1)) return null;
  return {
    heads: JSON.stringify(heads),
    detections: JSON.stringify(documents.map(({ detection }) => packDetection(detection))),
  };
}

/** What `packFile` was given. `detections` is called when a detection is first looked at. */
export function unpackFile(
  packed: { readonly heads: string; readonly detections: () => string },
  text: string,
  file: string,
): ParsedFile {
  // Held while somebody looks at them: what an engine makes of them is all it needs later.
  let read: WeakRef<readonly Detection[]> | null = null;
  const detectionAt = (at: number): Detection => {
    let detections = read?.deref();
    if (detections === undefined) {
      detections = (JSON.parse(packed.detections()) as readonly PackedDetection[]).map(unpackDetection);
      read = new WeakRef(detections);
    }
    const detection = detections[at];
    if (detection === undefined) throw new Error(`${file}: fewer detections than rules were kept`);
    return detection;
  };
  const heads = JSON.parse(packed.heads) as readonly Head[];
  const documents = heads.map(
    ({ from, to, ...rest }, at): SigmaRule => ({
      ...rest,
      source: text.slice(from, to),
      file,
      get detection() {
        return detectionAt(at);
      },
      get condition() {
        return detectionAt(at).conditionText;
      },
    }),
  );
  return { documents, correlations: [], newTerms: [], filters: [], refused: [] };
}

function packDetection({ selections, conditions, conditionText }: Detection): PackedDetection {
  const packed = [...selections].map(([name, selection]) => [name, packSelection(selection)] as const);
  return { selections: packed, conditions, text: conditionText };
}

function unpackDetection({ selections, conditions, text }: PackedDetection): Detection {
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
function packValue({ value, text, line }: YamlScalar): PackedValue {
  if (typeof value === 'string') return [text, line];
  if (typeof value === 'number') return [text, line, 'number'];
  return [text, line, value === null ? 'null' : value ? 'true' : 'false'];
}

function unpackValue([text, line, as]: PackedValue): YamlScalar {
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
