/** OCSF's classes, objects and dictionary → TypeScript types and tables. Facts only, no descriptions. */
import { existsSync, readFileSync } from 'node:fs';
import { sharedPath } from '../../test/support/shared.ts';
import type { Generator } from './generator.ts';

const path = 'src/model/ocsf.generated.ts';

interface ClassFacts {
  readonly name: string;
  readonly caption: string;
  readonly uid: number;
  readonly category: string;
  readonly category_uid: number;
  readonly deprecated: boolean;
  readonly required: readonly string[];
  readonly attributes: readonly string[];
  readonly activity_id: Readonly<Record<string, string>>;
}
interface ObjectFacts {
  readonly extends: string;
  readonly attributes: Readonly<Record<string, 'required' | 'recommended' | 'optional' | null>>;
}
interface AttributeFacts {
  readonly type: string;
  readonly is_array: boolean;
}
export interface OcsfFacts {
  readonly classes: readonly ClassFacts[];
  readonly objects: Readonly<Record<string, ObjectFacts>>;
  readonly dictionary: Readonly<Record<string, AttributeFacts>>;
}

const scalars: Readonly<Record<string, string>> = {
  boolean_t: 'boolean',
  float_t: 'number',
  integer_t: 'number',
  long_t: 'number',
  port_t: 'number',
  // Milliseconds since the epoch.
  timestamp_t: 'number',
  json_t: 'unknown',
};

function typeName(name: string): string {
  const words = name.split('_').filter((word) => word !== '');
  return `Ocsf${words.map((word) => word.charAt(0).toUpperCase() + word.slice(1)).join('')}`;
}

function attributeType(facts: OcsfFacts, attribute: string): string {
  const entry = facts.dictionary[attribute];
  if (entry === undefined) throw new Error(`OCSF attribute ${attribute} is not in the dictionary`);
  const isObject = facts.objects[entry.type] !== undefined;
  const one = isObject ? `${typeName(entry.type)}Object` : (scalars[entry.type] ?? 'string');
  return entry.is_array ? `readonly ${one}[]` : one;
}

// `| undefined` lets a parser write one literal of a constant shape; JSON leaves such attributes out.
function member(facts: OcsfFacts, attribute: string, required: boolean): string {
  const type = attributeType(facts, attribute);
  return required ? `  readonly ${attribute}: ${type};` : `  readonly ${attribute}?: ${type} | undefined;`;
}

/** An object's own and inherited attributes, by name; null in the facts means: as the parent has it. */
function attributesOf(facts: OcsfFacts, name: string): [attribute: string, required: boolean][] {
  const needs = new Map<string, string | null>();
  for (let at: string | undefined = name; at !== undefined; at = facts.objects[at]?.extends) {
    for (const [attribute, need] of Object.entries(facts.objects[at]?.attributes ?? {})) {
      needs.set(attribute, needs.get(attribute) ?? need);
    }
  }
  return [...needs]
    .map(([attribute, need]): [string, boolean] => [attribute, need === 'required'])
    .sort(([a], [b]) => (a < b ? -1 : 1));
}

function objectType(facts: OcsfFacts, name: string): string {
  const attributes = attributesOf(facts, name);
  if (attributes.length === 0) return `type ${typeName(name)}Object = Readonly<Record<string, unknown>>;`;
  const members = attributes.map(([attribute, required]) => member(facts, attribute, required));
  return [`type ${typeName(name)}Object = {`, ...members, '};'].join('\n');
}

/** Objects that the given classes reach, in alphabetical order. */
function reachedObjects(facts: OcsfFacts, classes: readonly ClassFacts[]): string[] {
  const reached = new Set<string>();
  const visit = (attribute: string): void => {
    const type = facts.dictionary[attribute]?.type ?? '';
    const object = facts.objects[type];
    if (object === undefined || reached.has(type)) return;
    reached.add(type);
    for (const [inner] of attributesOf(facts, type)) visit(inner);
  };
  for (const attribute of classes.flatMap((one) => one.attributes)) visit(attribute);
  return [...reached].sort();
}

const literals = new Set(['class_uid', 'category_uid', 'activity_id']);

function classType(facts: OcsfFacts, one: ClassFacts, base: ClassFacts): string {
  const inBase = new Set(base.attributes);
  const own = one.attributes.filter(
    (attribute) => !literals.has(attribute) && (one === base || !inBase.has(attribute)),
  );
  const activities = Object.keys(one.activity_id).join(' | ');
  return [
    `type ${typeName(one.name)} = ${one === base ? '' : 'OcsfBaseAttributes & '}{`,
    `  readonly class_uid: ${one.uid};`,
    `  readonly category_uid: ${one.category_uid};`,
    `  readonly activity_id: ${activities};`,
    ...own.map((attribute) => member(facts, attribute, one.required.includes(attribute))),
    '};',
  ].join('\n');
}

function classRow(one: ClassFacts): string {
  const activities = Object.entries(one.activity_id).map(([id, name]) => `${id}: ${JSON.stringify(name)}`);
  return [
    `  ${one.name}: {`,
    `    uid: ${one.uid}, caption: ${JSON.stringify(one.caption)}, category: '${one.category}', categoryUid: ${one.category_uid},`,
    `    required: ${JSON.stringify([...one.required].sort())},`,
    `    attributes: ${JSON.stringify([...one.attributes].sort().join(' '))},`,
    `    activities: { ${activities.join(', ')} },`,
    '  },',
  ].join('\n');
}

function objectRow(facts: OcsfFacts, name: string): string {
  const attributes = attributesOf(facts, name);
  const required = attributes.filter(([, need]) => need).map(([attribute]) => attribute);
  const names = attributes.map(([attribute]) => attribute).join(' ');
  return `  ${name}: { required: ${JSON.stringify(required)}, attributes: ${JSON.stringify(names)} },`;
}

/** The whole file from the facts of one release. */
export function renderOcsf(facts: OcsfFacts): string {
  const classes = facts.classes.filter((one) => !one.deprecated).toSorted((a, b) => a.uid - b.uid);
  const base = classes.find((one) => one.name === 'base_event');
  if (base === undefined) throw new Error('OCSF facts have no base_event');
  const objects = reachedObjects(facts, classes);
  const carriers = Object.entries(facts.dictionary).filter(([, entry]) => objects.includes(entry.type));
  return [
    '/** OCSF 1.8.0 (ocsf/ocsf-schema, Apache-2.0) as types and tables. Generated by `npm run gen`: do not edit. */',
    ...objects.map((name) => objectType(facts, name)),
    `type OcsfBaseAttributes = Omit<OcsfBaseEvent, 'class_uid' | 'category_uid' | 'activity_id'>;`,
    ...classes.map((one) => classType(facts, one, base)),
    '/** Class name → its event. */',
    'export type OcsfClasses = {',
    ...classes.map((one) => `  readonly ${one.name}: ${typeName(one.name)};`),
    '};',
    '/** Object name → its attributes. */',
    'export type OcsfObjects = {',
    ...objects.map((name) => `  readonly ${name}: ${typeName(name)}Object;`),
    '};',
    '/** Class name → its number, its required attributes, all its attributes (joined by blanks) and its activities. */',
    'export const ocsfClasses = {',
    ...classes.map(classRow),
    '} as const;',
    '/** Object name → its required attributes and all its attributes (joined by blanks). */',
    'export const ocsfObjects: Readonly<Record<string, { readonly required: readonly string[]; readonly attributes: string }>> = {',
    ...objects.map((name) => objectRow(facts, name)),
    '};',
    '/** Attribute → the object it holds, or holds a list of. */',
    'export const ocsfObjectOf: Readonly<Record<string, string>> = {',
    ...carriers.map(([attribute, entry]) => `  ${attribute}: '${entry.type}',`),
    '};',
    '',
  ].join('\n');
}

function readJson(file: string): unknown {
  return JSON.parse(readFileSync(file, 'utf8'));
}

export const ocsfTypes: Generator = {
  name: 'ocsf',
  generate: () => {
    const folder = sharedPath('intel', 'ocsf');
    if (folder === null || !existsSync(folder)) {
      return { kind: 'skipped', reason: `no OCSF facts here, ${path} stays as it is` };
    }
    const facts: OcsfFacts = {
      classes: readJson(`${folder}/classes.json`) as OcsfFacts['classes'],
      objects: readJson(`${folder}/objects.json`) as OcsfFacts['objects'],
      dictionary: readJson(`${folder}/dictionary.json`) as OcsfFacts['dictionary'],
    };
    return { kind: 'file', path, content: renderOcsf(facts) };
  },
};
