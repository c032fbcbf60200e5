/** A file's text to rules, and to refusals for what is not one: one by one, each with its line. */
import { type DocumentText, splitDocuments } from './documents.ts';
import { type Refusal, RuleFault } from './fault.ts';
import { readRule, type SigmaRule } from './rule.ts';
import { composeDocuments, entryOf, type YamlMapping, type YamlNode } from './yaml.ts';

export interface ParsedFile {
  readonly documents: readonly SigmaRule[];
  readonly refused: readonly Refusal[];
}

/** Characters; the largest rule of the public collection has about 40,000. */
const maxFileLength = 2_000_000;

type Outcome = { readonly rule: SigmaRule } | { readonly refusal: Refusal };

/** Reads every document of a file. A document that is refused does not touch the others. */
export function parseSigma(text: string, file: string): ParsedFile {
  if (text.length > maxFileLength) {
    const reason = `the file is too large (more than ${maxFileLength} characters)`;
    return { documents: [], refused: [{ file, line: 1, id: null, title: null, reason }] };
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
  if (outcomes.length === 0) {
    return {
      documents: [],
      refused: [{ file, line: 1, id: null, title: null, reason: 'the file holds no document' }],
    };
  }
  return {
    documents: outcomes.flatMap((outcome) => ('rule' in outcome ? [outcome.rule] : [])),
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
    const refusal = { ...guess(part.text), file, line: thrown.line, reason: thrown.message };
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
    return { rule: readRule(node, source, file) };
  } catch (thrown) {
    if (!(thrown instanceof RuleFault)) throw thrown;
    return { refusal: { ...naming(node), file, line: thrown.line, reason: thrown.message } };
  }
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
