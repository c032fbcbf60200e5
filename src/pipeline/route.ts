/** Which parser reads a record: by what it reads, by program, then by asking; the fallbacks last. */
import type { RecordContext } from '../model/batch.ts';
import type { ParseOutcome } from '../model/event.ts';
import type { DecodedRecord } from '../model/record.ts';
import type { JsonParser, Parser, TextParser, XmlParser } from '../plugins/define.ts';

/** A parser that took the record. */
export interface Claim {
  readonly parser: Parser;
  parse(): ParseOutcome;
}

export interface Router {
  /** The parser that reads this view; null when none does. */
  find(view: DecodedRecord, context: RecordContext): Claim | null;
  /** Names of all parsers but fallbacks that would, for the tests that no two do. */
  all(view: DecodedRecord, context: RecordContext): readonly string[];
}

function rank({ common, fallback }: Parser): number {
  return common === true ? 0 : fallback === true ? 2 : 1;
}

const routers = new WeakMap<readonly Parser[], Router>();

/** One router per list of parsers, made once. */
export function routerOf(parsers: readonly Parser[]): Router {
  const known = routers.get(parsers);
  if (known !== undefined) return known;
  const made = createRouter(parsers);
  routers.set(parsers, made);
  return made;
}

function createRouter(parsers: readonly Parser[]): Router {
  const ordered = [...parsers].sort((a, b) => rank(a) - rank(b));
  const anyJson = ordered.filter((parser): parser is JsonParser => parser.reads === 'json');
  const json = anyJson.filter((parser) => parser.mapped !== true);
  const mapped = anyJson.filter((parser) => parser.mapped === true);
  const xml = ordered.filter((parser): parser is XmlParser => parser.reads === 'xml');
  const text = ordered.filter((parser): parser is TextParser => parser.reads === 'text');
  const anyText = text.filter((parser) => parser.programs === undefined);
  const byProgram = new Map<string, readonly TextParser[]>();
  for (const program of new Set(text.flatMap((parser) => parser.programs ?? []))) {
    byProgram.set(program, [...text.filter((parser) => parser.programs?.includes(program)), ...anyText]);
  }

  /** Those that take the view, in order; lazily, so that the first one costs no more than itself. */
  function* claims(view: DecodedRecord, context: RecordContext): Generator<Claim> {
    switch (view.kind) {
      case 'json':
        for (const parser of context.mapping === undefined ? json : mapped) {
          const { json: record, carrier } = view;
          if (parser.accepts(record, context, carrier))
            yield { parser, parse: () => parser.parse(record, context, carrier) };
        }
        return;
      case 'xml':
        for (const parser of xml) {
          if (parser.accepts(view.xml, context))
            yield { parser, parse: () => parser.parse(view.xml, context) };
        }
        return;
      case 'text':
        for (const parser of byProgram.get(view.line.program) ?? anyText) {
          if (parser.accepts(view.line, context))
            yield { parser, parse: () => parser.parse(view.line, context) };
        }
    }
  }

  return {
    find(view, context) {
      for (const claim of claims(view, context)) return claim;
      return null;
    },
    all: (view, context) =>
      [...claims(view, context)]
        .map(({ parser }) => parser)
        .filter((parser) => parser.fallback !== true)
        .map(({ name }) => name),
  };
}
