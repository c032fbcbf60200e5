/** OCSF 1.8: the event type that parsers fill, and the checks of its rules that tests use. */
import type { Instant } from '../base/clock.ts';
import { type OcsfClasses, ocsfClasses, ocsfObjectOf, ocsfObjects } from './ocsf.generated.ts';
import { type OcsfWindowsClasses, ocsfWindowsClasses, ocsfWindowsObjects } from './ocsf-windows.ts';

export type { OcsfObjects } from './ocsf.generated.ts';

export const ocsfVersion = '1.8.0';

/** Class name → its event: the base schema's classes and those of the Windows extension. */
export type OcsfEvents = OcsfClasses & OcsfWindowsClasses;
export type OcsfClassName = keyof OcsfEvents;

/**
 * An event of any class. `time` is null when the record gives no time: who stores the event then has only
 * the time of receipt, and says so there instead of inventing one here.
 */
export type OcsfEvent = Readonly<Record<string, unknown>> & {
  readonly class_uid: number;
  readonly category_uid: number;
  readonly activity_id: number;
  readonly type_uid: number;
  readonly time: Instant | null;
  readonly severity_id: number;
  readonly metadata: OcsfClasses['base_event']['metadata'];
};

export interface OcsfClassFacts {
  readonly uid: number;
  readonly caption: string;
  readonly category: string;
  readonly categoryUid: number;
  readonly required: readonly string[];
  /** All attributes, joined by blanks. */
  readonly attributes: string;
  readonly activities: Readonly<Record<number, string>>;
}

const facts: Readonly<Record<OcsfClassName, OcsfClassFacts>> = { ...ocsfClasses, ...ocsfWindowsClasses };
const factsByUid = new Map(Object.values(facts).map((entry) => [entry.uid, entry]));
const objects: typeof ocsfObjects = { ...ocsfObjects, ...ocsfWindowsObjects };
const objectOf: Readonly<Record<string, string>> = {
  ...ocsfObjectOf,
  reg_key: 'reg_key',
  prev_reg_key: 'reg_key',
  reg_value: 'reg_value',
  prev_reg_value: 'reg_value',
  win_resource: 'win_resource',
  win_service: 'win_service',
};

const topLevel = new Set(Object.values(facts).flatMap((entry) => entry.attributes.split(' ')));

/** Whether a dotted path begins with an attribute that some class of events has. */
export function isOcsfAttribute(path: string): boolean {
  const dot = path.indexOf('.');
  return topLevel.has(dot === -1 ? path : path.slice(0, dot));
}

export function ocsfClass(name: OcsfClassName): OcsfClassFacts {
  return facts[name];
}

/** Names for people of a class and its activity; '' for what is unknown, and for the base class, which says nothing. */
export function ocsfCaptions(
  classUid: number,
  activityId: number,
): { readonly className: string; readonly activityName: string } {
  const entry = classUid === 0 ? undefined : factsByUid.get(classUid);
  return { className: entry?.caption ?? '', activityName: entry?.activities[activityId] ?? '' };
}

/** OCSF's number for one activity of one class: class uid * 100 + activity. */
export function typeUid(classUid: number, activityId: number): number {
  return classUid * 100 + activityId;
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

type Rule = { readonly required: readonly string[]; readonly attributes: string };
type Visit = (rule: Rule, value: Readonly<Record<string, unknown>>, path: string) => void;

/** Calls `visit` for the event by its class and for every object in it by its kind. */
function walk(event: OcsfEvent, visit: Visit): void {
  const entry = factsByUid.get(event.class_uid);
  if (entry === undefined) return;
  const base = entry.uid >= 100_000 ? ` ${facts.base_event.attributes}` : '';
  const descend = (rule: Rule, value: Readonly<Record<string, unknown>>, path: string): void => {
    visit(rule, value, path);
    for (const [attribute, inner] of Object.entries(value)) {
      const kind = objects[objectOf[attribute] ?? ''];
      if (kind === undefined) continue;
      for (const one of Array.isArray(inner) ? inner : [inner]) {
        if (isObject(one)) descend(kind, one, `${path}${attribute}.`);
      }
    }
  };
  descend({ required: entry.required, attributes: entry.attributes + base }, event, '');
}

/**
 * Dotted names of the attributes that the event's class, or an object in it, requires and that are not
 * there. An unknown class lacks its `class_uid`.
 */
export function missingRequired(event: OcsfEvent): string[] {
  if (!factsByUid.has(event.class_uid)) return ['class_uid'];
  const missing: string[] = [];
  walk(event, (rule, value, path) => {
    for (const attribute of rule.required) {
      if (value[attribute] === undefined || value[attribute] === null) missing.push(path + attribute);
    }
  });
  return missing;
}

/** Dotted names of the attributes in the event that OCSF does not know at their place. */
export function unknownAttributes(event: OcsfEvent): string[] {
  const unknown: string[] = [];
  walk(event, (rule, value, path) => {
    if (rule.attributes === '') return;
    const known = new Set(rule.attributes.split(' '));
    for (const [attribute, inner] of Object.entries(value)) {
      if (inner !== undefined && !known.has(attribute)) unknown.push(path + attribute);
    }
  });
  return unknown;
}
