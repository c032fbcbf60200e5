/** Rules from files, outside of any service: read, linked and compiled, with what is refused of them. */
import { readFile } from 'node:fs/promises';
import { readRuleFiles } from '../features/detection/pack.ts';
import {
  type CompiledRule,
  compileRule,
  type FilterReading,
  filterWarnings,
  type LogsourceMappings,
  type Placeholders,
  parseMappings,
  type Refusal,
  resolveRules,
  type SigmaCorrelation,
  type SigmaFilter,
  type SigmaNewTerms,
  type SigmaRule,
  type StatefulRule,
  unroutedWarnings,
} from '../lang/sigma/index.ts';
import type { RuleCacheOptions } from '../pipeline/rule-cache.ts';
import { cachedReader, plainReader, type RuleReader } from '../pipeline/rule-reader.ts';
import { paths } from './paths.ts';

export interface RuleSource {
  /** Files, folders and archives. */
  readonly paths: readonly string[];
  readonly placeholders?: Placeholders;
  /** What the condition of a filter means; `require` by default. */
  readonly reading?: FilterReading;
  /** The product's own by default. */
  readonly mappings?: LogsourceMappings;
  readonly signal?: AbortSignal;
  /** Where rules that were read once are kept; without it, all are read. */
  readonly cache?: RuleCacheOptions;
}

export interface LoadedRules {
  /** YAML files read. */
  readonly files: number;
  /** Other files in their place. */
  readonly ignored: number;
  readonly mappings: LogsourceMappings;
  /** Detection rules, filters applied; those that only feed others among them. */
  readonly compiled: readonly CompiledRule[];
  readonly stateful: readonly StatefulRule[];
  /** Ids whose match is not told by itself. */
  readonly quiet: ReadonlySet<string>;
  readonly filters: readonly SigmaFilter[];
  readonly refused: readonly Refusal[];
  /** Read, but probably not what was meant. */
  readonly warnings: readonly Refusal[];
}

/** Events that prove a rule, beside it; no rules. */
const evidenceSuffix = '.evidence.yml';

/** Throws AppError when a path can not be read. */
export async function loadSigmaRules(source: RuleSource): Promise<LoadedRules> {
  const { signal, placeholders, reading = 'require' } = source;
  const mappings = source.mappings ?? (await ownMappings());
  const reader = source.cache === undefined ? plainReader() : cachedReader(source.cache, placeholders);
  const { proven } = reader;
  const options = { mappings, proven, ...(placeholders === undefined ? {} : { placeholders }) };
  const documents = new Documents(reader);
  let files = 0;
  let ignored = 0;
  for (const path of source.paths) {
    const pack = await readRuleFiles(path, signal);
    files += pack.files.length;
    ignored += pack.ignored;
    documents.refused.push(...pack.refused);
    for (const file of pack.files) {
      signal?.throwIfAborted();
      if (file.path.endsWith(evidenceSuffix)) continue;
      documents.add(file.content, file.path, (rule) => {
        const result = compileRule(rule, options);
        if (!result.ok) return result.error;
        proven.add(rule);
        return null;
      });
    }
  }
  reader.keep();
  const resolved = resolveRules(documents, reading);
  const compiled = resolved.rules.flatMap((rule) => {
    const result = compileRule(rule, options);
    return result.ok ? [result.value] : [];
  });
  return {
    files,
    ignored,
    mappings,
    compiled,
    stateful: resolved.stateful,
    quiet: resolved.quiet,
    filters: documents.filters,
    refused: [...documents.refused, ...resolved.refused],
    warnings: [
      ...filterWarnings(documents.filters, documents.rules, reading),
      ...documents.rules.flatMap((rule) => unroutedWarnings(rule, mappings)),
    ],
  };
}

export async function ownMappings(): Promise<LogsourceMappings> {
  return parseMappings(await readFile(paths.mappings, 'utf8'));
}

/** Documents by kind; the first of an id stays. */
class Documents {
  readonly rules: SigmaRule[] = [];
  readonly correlations: SigmaCorrelation[] = [];
  readonly newTerms: SigmaNewTerms[] = [];
  readonly filters: SigmaFilter[] = [];
  readonly refused: Refusal[] = [];
  readonly #reader: RuleReader;
  readonly #byId = new Map<string, Pick<SigmaRule, 'file' | 'line'>>();

  constructor(reader: RuleReader) {
    this.#reader = reader;
  }

  add(content: string, path: string, check: (rule: SigmaRule) => Refusal | null): void {
    const parsed = this.#reader.parse(content, path);
    this.refused.push(...parsed.refused);
    for (const rule of parsed.documents) this.#keep(rule, this.rules, () => check(rule));
    for (const filter of parsed.filters) this.#keep(filter, this.filters, () => check(filter));
    for (const one of parsed.correlations) this.#keep(one, this.correlations, () => null);
    for (const one of parsed.newTerms) {
      this.#keep(one, this.newTerms, () => (one.own === null ? null : check(one.own)));
    }
  }

  #keep<T extends Pick<SigmaRule, 'id' | 'title' | 'file' | 'line'>>(
    document: T,
    kept: T[],
    check: () => Refusal | null,
  ): void {
    const { id, title, file, line } = document;
    const refusal = check();
    const twin = this.#byId.get(id);
    if (refusal !== null) this.refused.push(refusal);
    else if (twin !== undefined) {
      const reason = `the id is taken by ${twin.file} (line ${twin.line})`;
      this.refused.push({ file, line, id, title, reason, hint: 'give it an id of its own' });
    } else {
      this.#byId.set(id, document);
      kept.push(document);
    }
  }
}
