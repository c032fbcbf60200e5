/** The shape of a record: its structure with values left out, so that records alike fall together. Pure. */

const maxLength = 400;
const maxKeys = 40;
const maxDepth = 4;

export function shapeOf(raw: string): string {
  const text = raw.trim();
  const json = text.startsWith('{') || text.startsWith('[') ? parsed(text) : undefined;
  const shape = json === undefined ? textShape(text) : jsonShape(json, 0);
  return shape.length > maxLength ? `${shape.slice(0, maxLength)}…` : shape;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // Damaged JSON is told by its text.
    return undefined;
  }
}

function jsonShape(value: unknown, depth: number): string {
  if (Array.isArray(value)) {
    return value.length === 0 || depth >= maxDepth ? '[]' : `[${jsonShape(value[0], depth + 1)}]`;
  }
  if (typeof value === 'object' && value !== null) {
    if (depth >= maxDepth) return '{…}';
    const keys = Object.keys(value).sort();
    const members = keys
      .slice(0, maxKeys)
      .map((key) => `${key}: ${jsonShape((value as Record<string, unknown>)[key], depth + 1)}`);
    return `{${[...members, ...(keys.length > maxKeys ? ['…'] : [])].join(', ')}}`;
  }
  return value === null ? 'null' : typeof value === 'string' ? 'text' : typeof value;
}

/** What differs from record to record, most particular first. Each becomes a word of its own. */
const values: readonly (readonly [RegExp, string])[] = [
  [/"(?:[^"\\]|\\.){0,2000}"/g, '"text"'],
  [/\b[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}\b/gi, '‹uuid›'],
  [/\b\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(?:[.,]\d+)?(?:Z|[+-]\d\d:?\d\d)?/g, '‹time›'],
  [
    /\b(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)\s+\d{1,2}(?:\s+\d{4})?\s+\d\d:\d\d:\d\d\b/g,
    '‹time›',
  ],
  [/\b\d{1,3}(?:\.\d{1,3}){3}\b/g, '‹ip›'],
  [/\b(?:[0-9a-f]{1,4}:){2,7}[0-9a-f]{0,4}\b/gi, '‹ip›'],
  [/\b(?:0x)?[0-9a-f]{12,}\b/gi, '‹hex›'],
  [/(?<![\w‹])[-+]?\d+(?:\.\d+)?\b/g, '‹n›'],
];

/** Only the head: what a line is shows there, and the rest is mostly its own. */
const headLength = 600;

function textShape(text: string): string {
  const head = text.slice(0, headLength).replace(/[\p{Cc}\s]+/gu, ' ');
  return values.reduce((shape, [value, word]) => shape.replace(value, word), head);
}
