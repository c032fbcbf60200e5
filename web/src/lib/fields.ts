/** Nested fields as dotted names, in the order in which they came. */

export interface Field {
  readonly name: string;
  readonly text: string;
}

export function flatFields(fields: Readonly<Record<string, unknown>>, prefix = ''): readonly Field[] {
  return Object.entries(fields).flatMap(([key, value]) => {
    const name = prefix === '' ? key : `${prefix}.${key}`;
    if (isRecord(value) && Object.keys(value).length > 0) return flatFields(value, name);
    return [{ name, text: asText(value) }];
  });
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function asText(value: unknown): string {
  if (typeof value === 'string') return value;
  return value === undefined ? '' : JSON.stringify(value);
}
