/**
 * New terms, a rule type of our own beside Sigma's: a value, or a combination of values, that was not
 * seen before for an entity. Written like a correlation rule.
 */
import { RuleFault } from '../fault.ts';
import { type DocumentHead, mappingOf, readHead, refuseUnknown, textOf, textsOf } from '../head.ts';
import { readRule, type SigmaRule } from '../rule.ts';
import { entryOf, type YamlMapping } from '../yaml.ts';
import { type Reference, readGroupBy, readReferences, readTimespan } from './read.ts';

export interface NewTermsSpec {
  readonly type: 'new_terms';
  /** Empty where the document has a detection of its own. */
  readonly rules: readonly Reference[];
  readonly groupBy: readonly string[];
  /** One to three; more than one is a combination. */
  readonly fields: readonly string[];
  /** A term that was not seen for longer than this is new again. */
  readonly windowMs: number;
  /** After the first event that the rule sees, it only learns for this long (event time). */
  readonly learningMs: number;
}

export interface SigmaNewTerms extends DocumentHead {
  readonly spec: NewTermsSpec;
  /** The detection of the document's own, as a rule of the same id. */
  readonly own: SigmaRule | null;
  readonly generate: false;
  readonly condition: string;
}

const maxFields = 3;
const attributes = ['rules', 'fields', 'group-by', 'window', 'learning'];

/** Throws a RuleFault with the line of what is wrong. */
export function readNewTerms(node: YamlMapping, source: string, file: string): SigmaNewTerms {
  const body = mappingOf(node, 'new_terms');
  refuseUnknown(body, attributes, 'new_terms');
  const own = entryOf(node, 'detection') === undefined ? null : readRule(node, source, file);
  if (own !== null && entryOf(body, 'rules') !== undefined) {
    throw new RuleFault(body.line, 'the document has rules and a detection', 'keep one of the two');
  }
  const rules = own === null ? readReferences(body) : [];
  const fields = textsOf(body, 'fields');
  const line = entryOf(body, 'fields')?.line ?? body.line;
  if (fields.length === 0 || fields.length > maxFields || fields.includes('')) {
    throw new RuleFault(
      line,
      `new_terms needs one to ${maxFields} fields`,
      'for instance "fields: [IpAddress]"',
    );
  }
  const groupBy = readGroupBy(body);
  const windowMs = readTimespan(entryOf(body, 'window'), body.line);
  const learning = entryOf(body, 'learning');
  const learningMs = learning === undefined ? windowMs : readTimespan(learning, body.line);
  if (learningMs > windowMs) {
    throw new RuleFault(
      learning?.line ?? body.line,
      'learning is longer than window',
      'what is learned would be forgotten again',
    );
  }
  const by = groupBy.length === 0 ? '' : ` by ${groupBy.join(', ')}`;
  return {
    ...readHead(node, source, file, [body]),
    ...(own === null ? {} : { id: own.id }),
    spec: { type: 'new_terms', rules, groupBy, fields, windowMs, learningMs },
    own,
    generate: false,
    condition: `new ${fields.join(' + ')}${by} in ${textOf(body, 'window') ?? ''}`,
  };
}
