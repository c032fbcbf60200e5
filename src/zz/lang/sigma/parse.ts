/** A file's text to rules, and to refusals for what is not one: one by one, each with its line. */

import { readNewTerms, type SigmaNewTerms } from './correlation/new-terms.ts';
import { readCorrelation, type SigmaCorrelation } from './correlation/read.ts';
import { type DocumentText, splitDocuments } from './documents.ts';
import { type Refusal, RuleFault, refusalOf } from './fault.ts';
import { readFilter, type SigmaFilter } from './filter.ts';
import { readRule, type SigmaRule } from './rule.ts';
import { composeDocuments, entryOf, type YamlMapping, type YamlNode } from './yaml.ts';

export interface ParsedFile {
  /** Detection rules. */
  readonly documents: readonly SigmaRule[];
  readonly correlations: readonly SigmaCorrelation[];
  readonly newTerms: readonly SigmaNewTerms[];
  readonly filters: readonly SigmaFilter[];
  readonly refused: readonly Refusal[];
}

/** Characters; the largest rule of the public collection has about 40,000. */
const maxFileLength = 2_000_000;

type Outcome =
  | { readonly rule: SigmaRule }
  | { readonly correlation: SigmaCorrelation }
  | { readonly newTerms: SigmaNewTerms }
  | { readonly filter: SigmaFilter }
  | { readonly refusal: Refusal };

/** Reads every document of a file. A document that is refused does not touch the others. */
export function parseSigma(text: string, file: string): ParsedFile {
  if (text.length > maxFileLength) {
    const reason = `the file is too large (more than ${maxFileLength} characters)`;
    return fileOf([{ refusal: { file, line: 1, id: null, title: null, reason } }]);
  }
  const parts = splitDocuments(text.replace(/^\uFEFF/, '')).map((part) => composePart(part, file));
  // The other documents of such a file are incomplete without the shared one, even where they look whole.
  const shared = parts.some(({ nodes }) =>
    nodes.some((node) => node.kind === 'mapping' && entryOf(node, 'action')),
  );
  const outcomes = parts.flatMap(({ nodes, source, refusal }): readonly Outcome[] => {
    if (refusal !== null) return [{ refusal }];
    return nodes.map((node) => (shared ? refuseCollection(node, file) : readNode(node, source, file)));
  });
  const empty: Outcome = {
    refusal: { file, line: 1, id: null, title: null, reason: 'the file holds no document' },
  };
  return fileOf(outcomes.length === 0 ? [empty] : outcomes);
}

function fileOf(outcomes: readonly Outcome[]): ParsedFile {
  return {
    documents: outcomes.flatMap((outcome) => ('rule' in outcome ? [outcome.rule] : [])),
    correlations: outcomes.flatMap((outcome) => ('correlation' in outcome ? [outcome.correlation] : [])),
    newTerms: outcomes.flatMap((outcome) => ('newTerms' in outcome ? [outcome.newTerms] : [])),
    filters: outcomes.flatMap((outcome) => ('filter' in outcome ? [outcome.filter] : [])),
    refused: outcomes.flatMap((outcome) => ('refusal' in outcome ? [outcome.refusal] : [])),
  };
}

interface Part {
  readonly nodes: readonly YamlNode[];
  readonly source: string;
  readonly refusal: Refusal | null;
}

function composePart(part: DocumentText, file: string): Part {
  try {
    const nodes = composeDocuments(part.text, part.line).filter((node) => node !== null);
    return { nodes, source: part.text, refusal: null };
  } catch (thrown) {
    if (!(thrown instanceof RuleFault)) throw thrown;
    const refusal = refusalOf(thrown, { ...guess(part.text), file });
    return { nodes: [], source: part.text, refusal };
  }
}

function refuseCollection(node: YamlNode, file: string): Outcome {
  const action = node.kind === 'mapping' ? entryOf(node, 'action') : undefined;
  const reason =
    action === undefined
      ? 'the document belongs to a rule collection with "action", which Sigma 2 does not have'
      : 'rule collections with "action" belong to Sigma 1: write each rule out';
  const names = node.kind === 'mapping' ? naming(node) : { id: null, title: null };
  return { refusal: { ...names, file, line: action?.line ?? node.line, reason } };
}

function readNode(node: YamlNode, source: string, file: string): Outcome {
  if (node.kind !== 'mapping') {
    return { refusal: { file, line: node.line, id: null, title: null, reason: 'the document is not a map' } };
  }
  try {
    return readKind(node, source, file);
  } catch (thrown) {
    if (!(thrown instanceof RuleFault)) throw thrown;
    return { refusal: refusalOf(thrown, { ...naming(node), file }) };
  }
}

/** The attribute that only one kind of document has says which it is. */
function readKind(node: YamlMapping, source: string, file: string): Outcome {
  const kinds = ['correlation', 'new_terms', 'filter'].filter((key) => entryOf(node, key) !== undefined);
  const [kind, another] = kinds;
  if (another !== undefined) {
    throw new RuleFault(node.line, `the document is a ${kind} and a ${another}`, 'make two documents of it');
  }
  if (kind === 'correlation') return { correlation: readCorrelation(node, source, file) };
  if (kind === 'new_terms') return { newTerms: readNewTerms(node, source, file) };
  if (kind === 'filter') return { filter: readFilter(node, source, file) };
  return { rule: readRule(node, source, file) };
}

function naming(node: YamlMapping): { readonly id: string | null; readonly title: string | null } {
  const text = (key: string): string | null => {
    const value = entryOf(node, key)?.value;
    return value?.kind === 'scalar' && value.value !== null ? value.text : null;
  };
  return { id: text('id')?.toLowerCase() ?? null, title: text('title') };
}

/** Id and title of a text that is not YAML, as far as a line shows them. */
function guess(text: string): { readonly id: string | null; readonly title: string | null } {
  const id = /^id:[ \t]*["']?([0-9a-fA-F-]{36})\b/m.exec(text)?.[1];
  const title = /^title:[ \t]*(\S.*?)\s*$/m.exec(text)?.[1];
  return { id: id?.toLowerCase() ?? null, title: title ?? null };
}
