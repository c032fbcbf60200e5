/** The `expand` modifier: placeholders such as `%Servers%`, replaced by the values given for them. */
import { RuleFault } from './fault.ts';

export type Placeholders = Readonly<Record<string, readonly (string | number)[]>>;

const maxValues = 100_000;
const marks = /\\%|%([^\s%\\]+)%/g;

/**
 * Every value that `text` stands for, in the notation of rules (a placeholder's value may hold
 * wildcards). `\%` is a plain percent sign. A placeholder without values refuses the rule.
 */
export function expandPlaceholders(
  text: string,
  placeholders: Placeholders,
  line: number,
): readonly string[] {
  let expanded: readonly string[] = [''];
  let from = 0;
  for (const mark of text.matchAll(marks)) {
    const before = text.slice(from, mark.index);
    const name = mark[1];
    const values = name === undefined ? ['%'] : valuesOf(name, placeholders, line);
    expanded = expanded.flatMap((prefix) => values.map((value) => `${prefix}${before}${value}`));
    if (expanded.length > maxValues)
      throw new RuleFault(line, `the placeholders make more than ${maxValues} values`);
    from = mark.index + mark[0].length;
  }
  return expanded.map((prefix) => prefix + text.slice(from));
}

function valuesOf(name: string, placeholders: Placeholders, line: number): readonly (string | number)[] {
  const values = Object.hasOwn(placeholders, name) ? placeholders[name] : undefined;
  if (values === undefined || values.length === 0) {
    throw new RuleFault(line, `the placeholder %${name}% has no value`);
  }
  return values;
}
