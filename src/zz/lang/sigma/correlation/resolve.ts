/** Documents that refer to each other, linked: who feeds whom, by which fields, and what can not be. */
import { type Refusal, RuleFault, refusalOf } from '../fault.ts';
import { applyFilters, type FilterReading, type SigmaFilter } from '../filter.ts';
import type { SigmaRule } from '../rule.ts';
import type { SigmaNewTerms } from './new-terms.ts';
import type { Reference, SigmaCorrelation } from './read.ts';

export interface RuleDocuments {
  readonly rules: readonly SigmaRule[];
  readonly correlations: readonly SigmaCorrelation[];
  readonly newTerms: readonly SigmaNewTerms[];
  readonly filters: readonly SigmaFilter[];
}

/** A rule that remembers: a correlation or new terms. */
export type StatefulDocument = SigmaCorrelation | SigmaNewTerms;

/** One of the rules that feed a stateful rule, with the names that the fields have in its events. */
export interface Input {
  readonly id: string;
  readonly groupBy: readonly string[];
  readonly fields: readonly string[];
  /** Name for the rules above → name in the events of this input. */
  readonly carry: readonly (readonly [string, string])[];
}

export interface StatefulRule {
  readonly document: StatefulDocument;
  readonly inputs: readonly Input[];
  /** It only feeds others: a match of its own is not told. */
  readonly quiet: boolean;
}

export interface ResolvedRules {
  /** What looks at single events, filters applied, the detections of new terms rules included. */
  readonly rules: readonly SigmaRule[];
  /** Each after those that feed it. */
  readonly stateful: readonly StatefulRule[];
  /** Ids of detection rules that only feed others: a match of theirs is no detection. */
  readonly quiet: ReadonlySet<string>;
  readonly refused: readonly Refusal[];
}

export function resolveRules(documents: RuleDocuments, reading: FilterReading): ResolvedRules {
  const refused: Refusal[] = [];
  const owned = documents.newTerms.flatMap(({ own }) => (own === null ? [] : [own]));
  const index = new ReferenceIndex(documents);
  const links = new Map<string, Link>();
  const visit = new Visitor(index, links, refused);
  for (const document of [...documents.correlations, ...documents.newTerms]) visit.link(document);
  const order = [...links.values()];
  const linked = withCarry(order);
  const fed = fedQuietly(linked);
  const stateful = linked.map((one): StatefulRule => ({ ...one, quiet: fed.has(one.document.id) }));
  const rules = [...documents.rules, ...owned].map((rule) => applyFilters(rule, documents.filters, reading));
  const refusedIds = new Set(refused.map(({ id }) => id));
  return {
    rules: rules.filter((rule) => !refusedIds.has(rule.id) || !owned.some(({ id }) => id === rule.id)),
    stateful,
    quiet: new Set([...rulesOnly(fed, stateful), ...owned.map(({ id }) => id)]),
    refused,
  };
}

/** Every document by what it can be called. */
class ReferenceIndex {
  readonly #byName = new Map<string, (SigmaRule | StatefulDocument)[]>();

  constructor(documents: RuleDocuments) {
    for (const one of [...documents.rules, ...documents.correlations, ...documents.newTerms]) {
      this.#add(one.id, one);
      if (one.name !== null && one.name.toLowerCase() !== one.id) this.#add(one.name.toLowerCase(), one);
    }
  }

  #add(name: string, document: SigmaRule | StatefulDocument): void {
    const others = this.#byName.get(name);
    if (others === undefined) this.#byName.set(name, [document]);
    else others.push(document);
  }

  /** Throws a RuleFault when nothing, or more than one thing, is called that. */
  find({ to, line }: Reference): SigmaRule | StatefulDocument {
    const found = this.#byName.get(to) ?? [];
    const [only, another] = found;
    if (only === undefined) {
      throw new RuleFault(
        line,
        `the rule ${to} is not there`,
        'rules are referred to by id or name; load them with it or before it, and see that they are on',
      );
    }
    if (another !== undefined) {
      const places = found.map(({ file, line: at }) => `${file}:${at}`).join(' and ');
      throw new RuleFault(
        line,
        `the name ${to} is that of more than one rule (${places})`,
        'refer to it by its id',
      );
    }
    return only;
  }
}

interface Link {
  readonly document: StatefulDocument;
  readonly sources: readonly { readonly reference: string; readonly id: string }[];
}

/** Walks from a rule to what feeds it, so that what is walked is in order, and circles are found. */
class Visitor {
  readonly #index: ReferenceIndex;
  readonly #links: Map<string, Link>;
  readonly #refused: Refusal[];
  readonly #failed = new Set<string>();
  readonly #path: StatefulDocument[] = [];

  constructor(index: ReferenceIndex, links: Map<string, Link>, refused: Refusal[]) {
    this.#index = index;
    this.#links = links;
    this.#refused = refused;
  }

  /** False when the rule is refused. */
  link(document: StatefulDocument): boolean {
    if (this.#links.has(document.id)) return true;
    if (this.#failed.has(document.id)) return false;
    this.#path.push(document);
    try {
      this.#links.set(document.id, { document, sources: this.#sources(document) });
      return true;
    } catch (thrown) {
      if (!(thrown instanceof RuleFault)) throw thrown;
      this.#failed.add(document.id);
      this.#refused.push(refusalOf(thrown, document));
      return false;
    } finally {
      this.#path.pop();
    }
  }

  #sources(document: StatefulDocument): Link['sources'] {
    const { rules } = document.spec;
    if (rules.length === 0) return [{ reference: document.id, id: document.id }];
    const sources = rules.map((reference) => {
      const found = this.#index.find(reference);
      if ('spec' in found) this.#follow(found, reference);
      return { reference: reference.to, id: found.id };
    });
    const twice = sources.findIndex(({ id }, at) => sources.findIndex((other) => other.id === id) !== at);
    const again = rules[twice];
    if (again !== undefined) {
      throw new RuleFault(again.line, `the rule ${again.to} stands twice, by id and by name`);
    }
    return sources;
  }

  #follow(found: StatefulDocument, { to, line }: Reference): void {
    const start = this.#path.indexOf(found);
    if (start !== -1) {
      const circle = [...this.#path.slice(start), found].map(({ title }) => `"${title}"`).join(' → ');
      throw new RuleFault(
        line,
        `the correlation refers to itself: ${circle}`,
        'a correlation can only be built on others',
      );
    }
    if (found.spec.type === 'new_terms') {
      throw new RuleFault(
        line,
        `${to} is a new terms rule, which can not feed another`,
        'refer to its rules instead',
      );
    }
    if (!this.link(found)) throw new RuleFault(line, `the correlation ${to}, which it refers to, is refused`);
  }
}

type Linked = Omit<StatefulRule, 'quiet'>;

/** From the top down: what a rule reads of its inputs is what those have to carry. */
function withCarry(order: readonly Link[]): readonly Linked[] {
  const wanted = new Map<string, Set<string>>();
  const made: Linked[] = [];
  for (const { document, sources } of order.toReversed()) {
    const { groupBy, fields } = document.spec;
    const carried = [...(wanted.get(document.id) ?? [])].filter((name) => !groupBy.includes(name));
    const inputs = sources.map(({ reference, id }): Input => {
      const named = (name: string): string => aliasOf(document, name, reference);
      const input: Input = {
        id,
        groupBy: groupBy.map(named),
        fields: fields.map(named),
        carry: carried.map((name) => [name, named(name)]),
      };
      const needs = wanted.get(id) ?? new Set<string>();
      for (const name of [...input.groupBy, ...input.fields, ...input.carry.map(([, own]) => own)])
        needs.add(name);
      wanted.set(id, needs);
      return input;
    });
    made.push({ document, inputs });
  }
  return made.reverse();
}

function aliasOf(document: StatefulDocument, name: string, reference: string): string {
  return 'aliases' in document.spec ? (document.spec.aliases.get(name)?.get(reference) ?? name) : name;
}

/** What feeds others, unless one of those asks for it to alert as well (`generate`). */
function fedQuietly(linked: readonly Linked[]): ReadonlySet<string> {
  const inputsOf = ({ inputs }: Linked): readonly string[] => inputs.map(({ id }) => id);
  const fed = new Set(linked.filter(({ document }) => document.spec.rules.length > 0).flatMap(inputsOf));
  for (const one of linked) if (one.document.generate) for (const id of inputsOf(one)) fed.delete(id);
  return fed;
}

function rulesOnly(ids: ReadonlySet<string>, stateful: readonly StatefulRule[]): readonly string[] {
  const others = new Set(stateful.map(({ document }) => document.id));
  return [...ids].filter((id) => !others.has(id));
}
