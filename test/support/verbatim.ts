/** Whether the values of an event stand in its raw record, as parsers declare by `computed` (src/plugins/define.ts). */
import {
  certainTexts,
  isComputed,
  mayBeWrittenOtherwise,
  mayHold,
  needlesOf,
} from '../../src/lang/sigma/index.ts';
import type { RecordContext } from '../../src/model/batch.ts';
import { parseRecord } from '../../src/pipeline/parse.ts';
import type { Parser } from '../../src/plugins/define.ts';
import { certainParts, certainPieces } from '../../src/store/clickhouse/match.ts';
import { mayBeRewritten } from '../../src/store/clickhouse/query.ts';

/**
 * Values of the record that a search or a rule would not find in raw although its parser does not say so:
 * `parser, field: value`. Empty too for a record that no parser takes, or one that declares nothing.
 */
export function undeclared(
  raw: string,
  context: RecordContext,
  parsers: readonly Parser[],
): readonly string[] {
  const outcome = parseRecord(raw, context, parsers);
  if (outcome.kind !== 'event' || outcome.parser.computed === undefined) return [];
  const { name, computed, escapes = [] } = outcome.parser;
  const declared = { name, computed, escapes };
  const lower = lowered(raw);
  const holds = (needles: readonly string[]) => needles.some((needle) => lower.includes(lowered(needle)));
  /** As a rule's condition looks for it, and as a search's. */
  const isInRaw = (text: string) =>
    holds(escapes) ||
    (certainTexts(text).every((part) => mayBeWrittenOtherwise(part) || holds(needlesOf([part], []))) &&
      certainPieces(text).every((piece) => mayBeRewritten(piece) || holds(certainParts(piece))));
  return Object.entries(outcome.event.native).flatMap(([field, value]) =>
    leavesOf(field, value)
      .filter(({ text }) => !isInRaw(text))
      // By its field it is searched in every record; a keyword must find it as well.
      .filter(({ path, text }) => !isComputed(path, declared) || !mayHold(declared, text))
      .map(({ path, text }) => `${name}, ${path}: ${text} of ${raw}`),
  );
}

/** What writers escape, or readers decode. */
const oddities = ['%41', '\\=q', '\\x41', '#012', '\\101', '\u00c9', '+', '""', '&amp;', '\\]'];

/** Raw records like this one, with an oddity in each of their first words in turn. */
export function oddVariants(raw: string): readonly string[] {
  const isJson = raw.startsWith('{');
  const words = [...raw.matchAll(/[A-Za-z0-9]{3,}/g)].slice(0, 40);
  return words.flatMap(({ index }) =>
    oddities.map((odd) => {
      const text = isJson ? JSON.stringify(odd).slice(1, -1) : odd;
      return raw.slice(0, index + 2) + text + raw.slice(index + 2);
    }),
  );
}

function lowered(text: string): string {
  return text.replace(/[A-Z]/g, (letter) => letter.toLowerCase());
}

function leavesOf(path: string, value: unknown): readonly { readonly path: string; readonly text: string }[] {
  if (Array.isArray(value)) return value.flatMap((one) => leavesOf(path, one));
  if (typeof value === 'object' && value !== null)
    return Object.entries(value).flatMap(([name, one]) => leavesOf(`${path}.${name}`, one));
  const isScalar = typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean';
  return isScalar ? [{ path, text: String(value) }] : [];
}
