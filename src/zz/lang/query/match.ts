/** The evaluator: whether an event is meant. It is the truth; what a store selects is only held against it. */
import ipaddr from 'ipaddr.js';
import { isOcsfAttribute } from '../../model/ocsf.ts';
import {
  type CompareNode,
  type ExistsNode,
  type IsNode,
  isNetwork,
  type Pattern,
  type QueryNode,
} from './ast.ts';
import { type ColumnName, type FieldTarget, queryColumns, targetOf } from './fields.ts';
import { formsOfParts, lowerAscii } from './raw-text.ts';
import { numberOf } from './values.ts';

/** An event as the language sees it. The views may be getters: they are read only when a field asks for them. */
export interface QueryEvent {
  readonly columns: Readonly<Record<ColumnName, string | number>>;
  readonly raw: string;
  readonly native: Readonly<Record<string, unknown>>;
  readonly ocsf: Readonly<Record<string, unknown>>;
}

export type QueryTest = (event: QueryEvent) => boolean;

/** Compiled once, asked for each event. */
export function queryTest(node: QueryNode): QueryTest {
  switch (node.kind) {
    case 'all':
      return () => true;
    case 'text':
      return rawTest(node.pattern);
    case 'is':
    case 'exists':
    case 'compare': {
      const values = valuesOf(targetOf(node.field));
      const test = valueTest(node);
      return (event) => values(event).some(test);
    }
    case 'not': {
      const inner = queryTest(node.node);
      return (event) => !inner(event);
    }
    case 'and': {
      const tests = node.nodes.map(queryTest);
      return (event) => tests.every((test) => test(event));
    }
    case 'or': {
      const tests = node.nodes.map(queryTest);
      return (event) => tests.some((test) => test(event));
    }
  }
}

/** Parts in one way of writing, in order, anywhere in raw. */
function rawTest({ parts }: Pattern): QueryTest {
  const forms = formsOfParts(parts).map((form) => form.map(lowerAscii));
  return ({ raw }) => {
    const text = lowerAscii(raw);
    return forms.some((form) => endOfParts(text, form, 0) !== -1);
  };
}

/** Where the parts, found one after the other from `from` on, end; -1 when they are not all there. */
function endOfParts(text: string, parts: readonly string[], from: number): number {
  let at = from;
  for (const part of parts) {
    const found = text.indexOf(part, at);
    if (found === -1) return -1;
    at = found + part.length;
  }
  return at;
}

function valueTest(node: IsNode | ExistsNode | CompareNode): (value: string) => boolean {
  switch (node.kind) {
    case 'exists':
      return () => true;
    case 'compare':
      return (value) => {
        const number = numberOf(value);
        return number !== null && compares(number, node);
      };
    case 'is': {
      const literals = new Set<string>();
      const others: ((value: string) => boolean)[] = [];
      for (const one of node.any) {
        if (isNetwork(one)) others.push(networkTest(one.network));
        else if (one.parts.length === 1) literals.add(lowerAscii(one.parts[0] ?? ''));
        else others.push(wildcardTest(one.parts.map(lowerAscii)));
      }
      return (value) => {
        const text = lowerAscii(value);
        return literals.has(text) || others.some((test) => test(text));
      };
    }
  }
}

function compares(number: number, { op, value }: CompareNode): boolean {
  switch (op) {
    case '>=':
      return number >= value;
    case '<=':
      return number <= value;
    case '>':
      return number > value;
    case '<':
      return number < value;
  }
}

/** The first part begins the value, the last ends it. */
function wildcardTest(parts: readonly string[]): (value: string) => boolean {
  const first = parts[0] ?? '';
  const last = parts.at(-1) ?? '';
  const between = parts.slice(1, -1);
  return (value) => {
    if (!value.startsWith(first)) return false;
    const end = endOfParts(value, between, first.length);
    return end !== -1 && value.length - end >= last.length && value.endsWith(last);
  };
}

function networkTest(network: string): (value: string) => boolean {
  const [base, bits] = ipaddr.parseCIDR(network);
  return (value) => {
    const address = addressOf(value);
    return address !== null && address.kind() === base.kind() && address.match(base, bits);
  };
}

/** Null for what is none. An IPv4 address inside of IPv6 (`::ffff:192.0.2.1`) is the IPv4 address. */
function addressOf(text: string): ipaddr.IPv4 | ipaddr.IPv6 | null {
  if (!/^[\da-f:.]+$/i.test(text)) return null;
  if (ipaddr.IPv4.isValidFourPartDecimal(text)) return ipaddr.IPv4.parse(text);
  return ipaddr.IPv6.isValid(text) ? ipaddr.process(text) : null;
}

/** The values of a field, as texts, without empty ones. */
function valuesOf(target: FieldTarget): (event: QueryEvent) => readonly string[] {
  if (target.kind === 'column') return columnValues(target.column);
  const { native } = target;
  const ocsf = target.ocsf !== null && isOcsfAttribute(target.ocsf) ? target.ocsf : null;
  return (event) => {
    const values: string[] = [];
    if (native !== null) collect(event.native, native, values);
    if (ocsf !== null) collect(event.ocsf, ocsf, values);
    return values;
  };
}

/** The values of a named field of one event. */
export function fieldValues(name: string, event: QueryEvent): readonly string[] {
  return valuesOf(targetOf(name))(event);
}

function columnValues(column: ColumnName): (event: QueryEvent) => readonly string[] {
  const isNumber = queryColumns[column].kind === 'number';
  return ({ columns }) => {
    const value = columns[column];
    // Activity 0 is OCSF's "unknown", a value, where there is a class.
    const none = column === 'activity_id' ? columns.class_uid === 0 : value === (isNumber ? 0 : '');
    return none ? [] : [String(value)];
  };
}

/** Own key, else the same but for case, else object by object along the dots; lists are looked through. */
function collect(within: unknown, path: string, into: string[]): void {
  if (Array.isArray(within)) {
    for (const one of within) collect(one, path, into);
    return;
  }
  if (typeof within !== 'object' || within === null) return;
  const record = within as Readonly<Record<string, unknown>>;
  const key = keyOf(record, path);
  if (key !== null) {
    addScalars(record[key], into);
    return;
  }
  for (let dot = path.indexOf('.'); dot !== -1; dot = path.indexOf('.', dot + 1)) {
    const head = keyOf(record, path.slice(0, dot));
    if (head !== null) collect(record[head], path.slice(dot + 1), into);
  }
}

function keyOf(record: Readonly<Record<string, unknown>>, name: string): string | null {
  if (Object.hasOwn(record, name)) return name;
  const wanted = lowerAscii(name);
  for (const key in record) if (key.length === name.length && lowerAscii(key) === wanted) return key;
  return null;
}

function addScalars(value: unknown, into: string[]): void {
  if (Array.isArray(value)) for (const one of value) addScalars(one, into);
  else if (typeof value === 'string') {
    if (value !== '') into.push(value);
  } else if (typeof value === 'number' || typeof value === 'boolean') into.push(String(value));
}
