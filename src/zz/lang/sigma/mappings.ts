/** Logsources as data: which channels a service stands for, and which events a category. */
import { load } from 'js-yaml';
import { z } from 'zod';
import { fold } from './fold.ts';
import type { Aliases, Fields } from './view.ts';

const Name = z.string().regex(/^[a-z0-9_.-]+$/, 'lower case letters, digits, _ . -');
const CategoryEntry = z.strictObject({
  service: Name,
  /** Field → value or values, one of which the event has. */
  where: z.record(z.string(), z.union([z.string(), z.int(), z.array(z.union([z.string(), z.int()])).min(1)])),
  /** Sigma's field name → the name in these events. */
  aliases: z.record(z.string(), z.string()).optional(),
});
const MappingFile = z.strictObject({
  version: z.literal(1),
  product: Name,
  /** Field that names the channel. */
  channelField: z.string().min(1),
  services: z.record(Name, z.array(z.string().min(1)).min(1)),
  categories: z.record(Name, z.array(CategoryEntry)),
});

interface CategoryRow {
  readonly category: string;
  readonly where: readonly { readonly field: string; readonly values: ReadonlySet<string> }[];
  readonly aliases: Aliases;
}

export interface LogsourceMappings {
  readonly product: string;
  readonly channelField: string;
  /** Folded channel → its services. */
  readonly services: ReadonlyMap<string, readonly string[]>;
  /** Service → the categories found in it. */
  readonly categories: ReadonlyMap<string, readonly CategoryRow[]>;
  /** Every name that the file knows, for listings and checks. */
  readonly names: { readonly services: readonly string[]; readonly categories: readonly string[] };
}

/** Reads and checks a mapping file. Throws an Error that names the place: the file is part of the product. */
export function parseMappings(yamlText: string): LogsourceMappings {
  const file = MappingFile.parse(load(yamlText, { maxAliases: 0 }));
  const services = new Map<string, string[]>();
  for (const [service, channels] of Object.entries(file.services)) {
    for (const channel of channels) push(services, fold(channel), service);
  }
  const categories = new Map<string, CategoryRow[]>();
  for (const [category, entries] of Object.entries(file.categories)) {
    for (const entry of entries) {
      if (file.services[entry.service] === undefined) {
        throw new Error(`category ${category} names the service ${entry.service}, which has no channels`);
      }
      push(categories, entry.service, {
        category,
        where: conditions(entry.where),
        aliases: entry.aliases ?? {},
      });
    }
  }
  return {
    product: file.product,
    channelField: file.channelField,
    services,
    categories,
    names: { services: Object.keys(file.services), categories: Object.keys(file.categories) },
  };
}

function conditions(where: z.infer<typeof CategoryEntry>['where']): CategoryRow['where'] {
  return Object.entries(where).map(([field, value]) => ({
    field,
    values: new Set((Array.isArray(value) ? value : [value]).map((item) => fold(String(item)))),
  }));
}

function push<K, V>(map: Map<K, V[]>, key: K, value: V): void {
  const values = map.get(key);
  if (values === undefined) map.set(key, [value]);
  else values.push(value);
}

/** What a mapping finds in an event: services, and categories with the aliases to read it by. */
export interface MappedLogsource {
  readonly services: readonly string[];
  readonly categories: readonly { readonly category: string; readonly aliases: Aliases }[];
}

export function mapEvent(fields: Fields, mappings: LogsourceMappings): MappedLogsource {
  const channel = ownText(fields, mappings.channelField);
  const services = (channel === null ? undefined : mappings.services.get(channel)) ?? [];
  const categories = services.flatMap((service) =>
    (mappings.categories.get(service) ?? []).filter((row) =>
      row.where.every(({ field, values }) => values.has(ownText(fields, field) ?? '')),
    ),
  );
  return { services, categories };
}

function ownText(fields: Fields, field: string): string | null {
  const value = Object.hasOwn(fields, field) ? fields[field] : undefined;
  return typeof value === 'string' || typeof value === 'number' ? fold(String(value)) : null;
}
