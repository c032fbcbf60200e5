/** Names of fields for the word that is being typed. */

interface WordPlace {
  readonly text: string;
  readonly start: number;
  readonly end: number;
}

const most = 8;

/** The word at the caret where a field's name may stand; an empty one elsewhere. */
export function wordAt(query: string, caret: number): WordPlace {
  const before = /[\w.@-]*$/.exec(query.slice(0, caret))?.[0] ?? '';
  const after = /^[\w.@-]*/.exec(query.slice(caret))?.[0] ?? '';
  const start = caret - before.length;
  const lead = query.slice(0, start);
  const quotes = lead.match(/(?<!\\)"/g)?.length ?? 0;
  // Inside quotes and after a colon stand values.
  const isValue = quotes % 2 === 1 || /[:<>=*\\][\s(]*$/.test(lead) || /[^\s(]$/.test(lead);
  return { text: isValue ? '' : before, start, end: caret + after.length };
}

/** Those that begin with it first, then those that hold it. */
export function completions(names: readonly string[], { text }: WordPlace): readonly string[] {
  if (text.length < 2 || names.includes(text)) return [];
  const wanted = text.toLowerCase();
  if (['and', 'or', 'not', 'in'].includes(wanted)) return [];
  const rank = (name: string) => (name.toLowerCase().startsWith(wanted) ? 0 : 1);
  return names
    .filter((name) => name.toLowerCase().includes(wanted))
    .toSorted((a, b) => rank(a) - rank(b) || a.length - b.length)
    .slice(0, most);
}
