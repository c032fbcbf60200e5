/** Texts to rules, each text once: what was read before, by this process or another, is not read again. */
import { sha256Hex } from '../base/ids.ts';
import {
  type ParsedFile,
  type Placeholders,
  packFile,
  parseSigma,
  refusalOfRule,
  type SigmaRule,
  unpackFile,
} from '../lang/sigma/index.ts';
import { type KeptFile, type RuleCacheOptions, readRuleCache, writeRuleCache } from './rule-cache.ts';

export interface RuleReader {
  parse(text: string, path: string): ParsedFile;
  /** Rules that compile with the reader's placeholders; whoever has compiled one adds it. */
  readonly proven: WeakSet<SigmaRule>;
  /** Ends a load: keeps what it has read, for the next. Returns why that can not be, else null. */
  keep(): string | null;
}

/** Without a cache: every text is read. */
export function plainReader(): RuleReader {
  return { parse: parseSigma, proven: new WeakSet(), keep: () => null };
}

/**
 * What is kept of a text depends on nothing but the text, the placeholders and the engine: filters are
 * applied and logsources mapped after it, each time.
 */
export function cachedReader(cache: RuleCacheOptions, placeholders: Placeholders = {}): RuleReader {
  const options = { ...cache, version: `${cache.version} ${sha256Hex(JSON.stringify(placeholders))}` };
  const proven = new WeakSet<SigmaRule>();
  let kept: ReadonlyMap<string, KeptFile> | null = null;
  let used = new Map<string, KeptFile>();
  let read = new Map<string, { readonly text: string; readonly parsed: ParsedFile }>();

  function parse(text: string, path: string): ParsedFile {
    kept ??= readRuleCache(options);
    const hash = sha256Hex(text);
    const known = kept.get(hash);
    if (known === undefined) {
      const parsed = parseSigma(text, path);
      read.set(hash, { text, parsed });
      return parsed;
    }
    used.set(hash, known);
    const detections = (): string => textOf(known.detections);
    const parsed = unpackFile({ heads: textOf(known.heads), detections }, text, path);
    for (const rule of parsed.documents) proven.add(rule);
    return parsed;
  }

  function keep(): string | null {
    const added = new Map<string, KeptFile>();
    for (const [hash, { text, parsed }] of read) {
      // What is refused is read again each time: its fault has to be told each time.
      const compiles = (rule: SigmaRule): boolean =>
        proven.has(rule) || refusalOfRule(rule, placeholders) === null;
      const packed = parsed.documents.every(compiles) ? packFile(text, parsed) : null;
      if (packed === null) continue;
      added.set(hash, { heads: Buffer.from(packed.heads), detections: Buffer.from(packed.detections) });
    }
    const before = kept ?? new Map<string, KeptFile>();
    // Those in use first: where there is no room for all, the others go.
    const all = new Map([...used, ...added, ...before]);
    [kept, used, read] = [all, new Map(), new Map()];
    return added.size === 0 ? null : writeRuleCache(options, all);
  }

  return { parse, proven, keep };
}

function textOf(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('utf8');
}
