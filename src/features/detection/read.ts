/** Texts to documents that can be evaluated, and to refusals: in slices, so that thousands do not hold up the event loop. */
import { setImmediate } from 'node:timers/promises';
import { sha256Hex } from '../../base/ids.ts';
import {
  compileRule,
  type FilterReading,
  filterWarnings,
  type LogsourceMappings,
  type ParsedFile,
  parseSigma,
  type RuleDocuments,
  resolveRules,
  type SigmaCorrelation,
  type SigmaFilter,
  type SigmaNewTerms,
  type SigmaRule,
} from '../../lang/sigma/index.ts';
import type { LoadedRule } from './save.ts';
import type { RefusedRule, RuleFile } from './types.ts';

/** What fits an address and a log line: UUIDs, as Sigma asks for, and the names that some collections use. */
const idForm = /^[\x21-\x7e]{1,100}$/;

/** About 20 ms of work: a rule takes half a millisecond to read and compile. */
const documentsASlice = 40;

export interface ReadOptions {
  readonly mappings: LogsourceMappings;
  readonly reading: FilterReading;
  /** Documents of before that the references may mean. */
  readonly stored: (references: readonly string[]) => Promise<readonly RuleFile[]>;
}

export interface ReadRules {
  readonly rules: readonly LoadedRule[];
  readonly refused: readonly RefusedRule[];
  readonly warnings: readonly RefusedRule[];
}

type Document =
  | { readonly kind: 'detection'; readonly document: SigmaRule }
  | { readonly kind: 'filter'; readonly document: SigmaFilter }
  | { readonly kind: 'correlation'; readonly document: SigmaCorrelation }
  | { readonly kind: 'new_terms'; readonly document: SigmaNewTerms };

export async function readRules(files: readonly RuleFile[], options: ReadOptions): Promise<ReadRules> {
  const found = new Map<string, Document>();
  const refused: RefusedRule[] = [];
  let sliced = 0;
  for (const file of files) {
    const parsed = parseSigma(file.content, file.path);
    refused.push(...parsed.refused);
    for (const one of documentsOf(parsed)) {
      const refusal = refusalOf(one, found, options.mappings);
      if (refusal === null) found.set(one.document.id, one);
      else refused.push(refusal);
      sliced += 1;
      if (sliced % documentsASlice === 0) await setImmediate();
    }
    // Files that hold no rule cost time as well.
    sliced += 1;
    if (sliced % documentsASlice === 0) await setImmediate();
  }
  const links = await checkLinks([...found.values()], options);
  for (const { id } of links.refused) if (id !== null) found.delete(id);
  return {
    rules: [...found.values()].map(loadedRule),
    refused: [...refused, ...links.refused],
    warnings: links.warnings,
  };
}

function documentsOf(parsed: ParsedFile): readonly Document[] {
  return [
    ...parsed.documents.map((document): Document => ({ kind: 'detection', document })),
    ...parsed.filters.map((document): Document => ({ kind: 'filter', document })),
    ...parsed.correlations.map((document): Document => ({ kind: 'correlation', document })),
    ...parsed.newTerms.map((document): Document => ({ kind: 'new_terms', document })),
  ].toSorted((a, b) => a.document.line - b.document.line);
}

function refusalOf(
  { kind, document }: Document,
  earlier: ReadonlyMap<string, Document>,
  mappings: LogsourceMappings,
): RefusedRule | null {
  const { file, line, id, title } = document;
  if (!idForm.test(id)) {
    const reason = 'the id has to be a UUID, or at most 100 ASCII characters without blanks';
    return { file, line, id: null, title, reason };
  }
  const first = earlier.get(id)?.document;
  if (first !== undefined) {
    const reason = `the id ${id} is already taken in this load by "${first.title}" (${first.file})`;
    return { file, line, id, title, reason };
  }
  const own = kind === 'new_terms' ? document.own : kind === 'correlation' ? null : document;
  const compiled = own === null ? null : compileRule(own, { mappings });
  return compiled?.ok === false ? compiled.error : null;
}

/** What documents refer to has to be there: in this load, or stored before it. */
async function checkLinks(
  documents: readonly Document[],
  { reading, stored }: ReadOptions,
): Promise<Pick<ReadRules, 'refused' | 'warnings'>> {
  const known = groups(await withReferences(documents, stored));
  const loaded = new Set(documents.map(({ document }) => document.id));
  const filters = known.filters.filter(({ id }) => loaded.has(id));
  return {
    refused: resolveRules(known, reading).refused.filter(({ id }) => id !== null && loaded.has(id)),
    warnings: filterWarnings(filters, known.rules, reading),
  };
}

/** The documents of a file, and the stored ones that they refer to, in one or more steps. */
export async function readLinked(
  file: RuleFile,
  stored: ReadOptions['stored'],
): Promise<{ readonly own: ParsedFile; readonly all: RuleDocuments }> {
  const own = parseSigma(file.content, file.path);
  return { own, all: groups(await withReferences(documentsOf(own), stored)) };
}

async function withReferences(
  documents: readonly Document[],
  stored: ReadOptions['stored'],
): Promise<readonly Document[]> {
  const all = new Map(documents.map((one) => [one.document.id, one]));
  for (let open = missing(all); open.length > 0; ) {
    const before = all.size;
    const files = await stored(open);
    for (const { content, path } of files) {
      for (const one of documentsOf(parseSigma(content, path))) {
        if (!all.has(one.document.id)) all.set(one.document.id, one);
      }
    }
    // A stored correlation may refer to further documents.
    open = all.size === before ? [] : missing(all);
  }
  return [...all.values()];
}

function groups(documents: readonly Document[]): RuleDocuments {
  return {
    rules: documents.flatMap((one) => (one.kind === 'detection' ? [one.document] : [])),
    filters: documents.flatMap((one) => (one.kind === 'filter' ? [one.document] : [])),
    correlations: documents.flatMap((one) => (one.kind === 'correlation' ? [one.document] : [])),
    newTerms: documents.flatMap((one) => (one.kind === 'new_terms' ? [one.document] : [])),
  };
}

/** References that no document answers to. */
function missing(documents: ReadonlyMap<string, Document>): readonly string[] {
  const names = new Set<string>();
  const references = new Set<string>();
  for (const { kind, document } of documents.values()) {
    names.add(document.id);
    if (document.name !== null) names.add(document.name.toLowerCase());
    if (kind === 'filter')
      for (const to of document.targets === 'any' ? [] : document.targets) references.add(to);
    if (kind === 'correlation' || kind === 'new_terms')
      for (const { to } of document.spec.rules) references.add(to);
  }
  return [...references].filter((to) => !names.has(to));
}

function loadedRule({ kind, document }: Document): LoadedRule {
  return {
    id: document.id,
    hash: sha256Hex(document.source),
    kind,
    title: document.title,
    severity: document.level,
    status: document.status ?? '',
    author: document.author,
    description: document.description,
    logsource: logsourceOf({ kind, document } as Document),
    tags: document.tags,
    references: document.references,
    falsepositives: document.falsepositives,
    license: document.license,
    path: document.file,
    source: document.source,
  };
}

function logsourceOf(one: Document): Readonly<Record<string, string>> {
  const rule = one.kind === 'new_terms' ? one.document.own : one.kind === 'correlation' ? null : one.document;
  const { product, service, category } = rule?.logsource ?? {};
  return {
    ...(product === undefined ? {} : { product }),
    ...(service === undefined ? {} : { service }),
    ...(category === undefined ? {} : { category }),
  };
}
