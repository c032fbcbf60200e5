/** From an event to what is made for its logsource: the mapping is asked once for each combination of values it looks at. */
import { fold } from '../fold.ts';
import type { SigmaEvent } from '../logsource.ts';
import { type LogsourceMappings, mapEvent } from '../mappings.ts';
import type { Aliases, Fields } from '../view.ts';

/** Everything that an event's logsource can be called. */
export interface Route {
  readonly product: string | null;
  readonly services: readonly string[];
  /** With the names by which rules for the category find their fields. */
  readonly categories: ReadonlyMap<string, Aliases>;
}

type Node<T> = { readonly kind: 'answer'; readonly answer: T } | Question<T>;
type Value = string | number | null;

/** What the mapping asks of a field. Values that it does not name all have the same answer. */
interface Question<T> {
  readonly kind: 'question';
  readonly field: string;
  readonly isNamed: (folded: string) => boolean;
  /** By the value as the event writes it, and by the value folded. */
  readonly written: Map<Value, Node<T>>;
  readonly named: Map<string | null, Node<T>>;
  /** Fields to ask next; null when that depends on the answer: it is the channel. */
  readonly rest: readonly string[] | null;
}

/** Spellings of values kept for one field; others are folded each time. */
const maxWritten = 2_000;
/** Logsources that parsers give; they name few. */
const maxRoots = 2_000;

/** `answer` is called once for each combination. */
export class Router<T> {
  readonly #mappings: LogsourceMappings;
  readonly #answer: (route: Route) => T;
  readonly #roots = new Map<string, Node<T>>();
  #last: { readonly logsource: SigmaEvent['logsource']; readonly root: Node<T> } | null = null;

  constructor(mappings: LogsourceMappings, answer: (route: Route) => T) {
    this.#mappings = mappings;
    this.#answer = answer;
  }

  find(event: SigmaEvent): T {
    let node = this.#rootOf(event);
    while (node.kind === 'question') {
      const value = valueOf(event.fields, node.field);
      node = node.written.get(value) ?? this.#next(node, value, event);
    }
    return node.answer;
  }

  /** Most parsers give every event the same object. */
  #rootOf(event: SigmaEvent): Node<T> {
    const { logsource } = event;
    if (this.#last?.logsource === logsource) return this.#last.root;
    const root = this.#roots.get(keyOf(logsource)) ?? this.#addRoot(event);
    this.#last = { logsource, root };
    return root;
  }

  #addRoot(event: SigmaEvent): Node<T> {
    const isMapped = event.logsource.product?.toLowerCase() === this.#mappings.product;
    const node = isMapped ? this.#channel() : this.#end(event);
    if (this.#roots.size >= maxRoots) this.#roots.clear();
    this.#roots.set(keyOf(event.logsource), node);
    return node;
  }

  #channel(): Question<T> {
    const { channelField: field, services } = this.#mappings;
    return question(field, (folded) => services.has(folded), null);
  }

  #end(event: SigmaEvent): Node<T> {
    return { kind: 'answer', answer: this.#answer(routeOf(event, this.#mappings)) };
  }

  #next(asked: Question<T>, value: Value, event: SigmaEvent): Node<T> {
    const folded = value === null ? '' : fold(String(value));
    const name = asked.isNamed(folded) ? folded : null;
    const known = asked.named.get(name);
    const node = known ?? this.#after(asked, name, event);
    if (known === undefined) asked.named.set(name, node);
    if (asked.written.size < maxWritten) asked.written.set(value, node);
    return node;
  }

  #after(asked: Question<T>, name: string | null, event: SigmaEvent): Node<T> {
    const services = name === null ? [] : (this.#mappings.services.get(name) ?? []);
    const [field, ...rest] = asked.rest ?? this.#fieldsOf(services);
    if (field === undefined) return this.#end(event);
    const named = this.#valuesOf(field);
    return question(field, (folded) => named.has(folded), rest);
  }

  /** Fields on which the categories of these services depend. */
  #fieldsOf(services: readonly string[]): readonly string[] {
    const rows = services.flatMap((service) => this.#mappings.categories.get(service) ?? []);
    return [...new Set(rows.flatMap(({ where }) => where.map(({ field }) => field)))];
  }

  #valuesOf(wanted: string): ReadonlySet<string> {
    const rows = [...this.#mappings.categories.values()].flat();
    const conditions = rows.flatMap(({ where }) => where).filter(({ field }) => field === wanted);
    return new Set(conditions.flatMap(({ values }) => [...values]));
  }
}

function question<T>(
  field: string,
  isNamed: (folded: string) => boolean,
  rest: readonly string[] | null,
): Question<T> {
  return { kind: 'question', field, isNamed, written: new Map(), named: new Map(), rest };
}

/** No field that a mapping asks for is one that every object inherits. */
function valueOf(fields: Fields, field: string): Value {
  const value = fields[field];
  return typeof value === 'string' || typeof value === 'number' ? value : null;
}

function keyOf({ product, service, moreServices, category }: SigmaEvent['logsource']): string {
  return JSON.stringify([product, service, moreServices, category]);
}

function routeOf({ fields, logsource }: SigmaEvent, mappings: LogsourceMappings): Route {
  const lower = (name: string | undefined): readonly string[] =>
    name === undefined || name === '' ? [] : [name.toLowerCase()];
  const [product = null] = lower(logsource.product);
  const mapped = product === mappings.product ? mapEvent(fields, mappings) : { services: [], categories: [] };
  const categories = new Map<string, Aliases>();
  for (const category of lower(logsource.category)) categories.set(category, {});
  for (const entry of mapped.categories) categories.set(entry.category, entry.aliases);
  const given = [logsource.service, ...(logsource.moreServices ?? [])].flatMap(lower);
  const services = [...new Set([...given, ...mapped.services])];
  return { product, services, categories };
}
