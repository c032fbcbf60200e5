/** Where the caret stands in a rule's YAML: in a name, in a value, under which names. By indent; it does not judge. */

export interface RulePlace {
  /** Names of the maps around, outermost first; of an item in a list, that of the list. */
  readonly path: readonly string[];
  readonly what: 'key' | 'value';
  /** The name before the colon, of a value. */
  readonly key: string;
  /** What is typed so far, up to the caret. */
  readonly word: string;
  /** The value is an item of a list; a name may stand there as well. */
  readonly item: boolean;
}

const keyForm = /^("(?:[^"\\]|\\.)*"|'(?:[^']|'')*'|[^\s#'"{[&*!>%@][^#]*?)\s*:(?:\s+|$)/;

/** `before`: the lines above; `line`: the caret's, up to the caret. */
export function placeAt(before: readonly string[], line: string): RulePlace | null {
  if (/^\s*#/.test(line) || /\s#/.test(line.replaceAll(/"[^"]*"|'[^']*'/g, ''))) return null;
  const lead = /^\s*(?:-\s+)*(?:-$)?/.exec(line)?.[0] ?? '';
  const item = lead.includes('-');
  const own = { path: parents(before, lead.length, item ? lead.indexOf('-') : null), item };
  return inner(line.slice(lead.length), own);
}

/** Also inside of `{a: b, c: d}` and `[a, b]`. */
function inner(text: string, own: Pick<RulePlace, 'path' | 'item'>): RulePlace {
  const key = keyForm.exec(text);
  if (key === null) return { ...own, what: own.item ? 'value' : 'key', key: '', word: text };
  const name = unquoted(key[1] ?? '');
  const rest = text.slice(key[0].length);
  const open = /^([{[])(?:.*,)?\s*([^,]*)$/.exec(rest);
  if (open?.[1] === '{') return inner(open[2] ?? '', { path: [...own.path, name], item: false });
  if (open?.[1] === '[') {
    return { path: [...own.path, name], what: 'value', key: '', word: open[2] ?? '', item: true };
  }
  return { path: own.path, what: 'value', key: name, word: rest, item: false };
}

/** The keys that a line of this indent stands under. An item may have the indent of its list's key. */
function parents(before: readonly string[], indent: number, dash: number | null): readonly string[] {
  const path: string[] = [];
  let limit = indent;
  let under = dash;
  for (const text of before.toReversed()) {
    if (limit === 0 && under === null) break;
    if (text.trim() === '' || /^\s*#/.test(text)) continue;
    const lead = /^\s*(?:-\s+)*/.exec(text)?.[0] ?? '';
    const isItem = lead.includes('-');
    const name = keyForm.exec(text.slice(lead.length))?.[1];
    // The list's key stands left of the dash, or right above it.
    const reaches = under === null ? lead.length < limit : lead.length <= under && !isItem;
    if (reaches && name !== undefined) {
      path.unshift(unquoted(name));
      limit = lead.length;
      under = isItem ? lead.indexOf('-') : null;
    } else if (under === null && isItem && lead.indexOf('-') < limit && lead.length === limit) {
      // A sibling in the map of an item whose dash stands on this line.
      under = lead.indexOf('-');
    }
  }
  return path;
}

function unquoted(text: string): string {
  return /^(["']).*\1$/.test(text) ? text.slice(1, -1) : text;
}

/** Names of the maps right under a top key, as the selections of `detection`. */
export function namesUnder(source: string, top: string): readonly string[] {
  const lines = source.split('\n');
  const start = lines.findIndex((line) => line.startsWith(`${top}:`));
  if (start === -1) return [];
  const names: string[] = [];
  let indent: number | null = null;
  for (const line of lines.slice(start + 1)) {
    if (line.trim() === '' || /^\s*#/.test(line)) continue;
    const lead = /^\s*/.exec(line)?.[0].length ?? 0;
    if (lead === 0) break;
    indent ??= lead;
    const name = lead === indent ? keyForm.exec(line.slice(lead))?.[1] : undefined;
    if (name !== undefined) names.push(unquoted(name));
  }
  return names;
}

/** The logsource that a text names so far. */
export function logsourceIn(source: string): {
  readonly product?: string;
  readonly service?: string;
  readonly category?: string;
} {
  const block = /^logsource:[^\n]*(?:\n[ \t]+[^\n]*)*/m.exec(source)?.[0] ?? '';
  const found: Record<string, string> = {};
  for (const key of ['product', 'service', 'category']) {
    const value = new RegExp(`(?:^|[\\s{,])${key}:[ \\t]*["']?([\\w.-]+)`).exec(block)?.[1];
    if (value !== undefined) found[key] = value;
  }
  return found;
}
