/** Events made from a rule: what its conditions ask for, so that every rule has something to match. */
import type { Condition } from '../../src/lang/sigma/condition.ts';
import type { FieldItem, Selection } from '../../src/lang/sigma/detection.ts';
import type { LogsourceMappings, SigmaEvent, SigmaRule } from '../../src/lang/sigma/index.ts';
import type { Token } from '../../src/lang/sigma/pattern.ts';
import { textAlternatives } from '../../src/lang/sigma/value.ts';

type Fields = Record<string, unknown>;

/** A few events, of which most rules match at least one. */
export function eventsFor(rule: SigmaRule, mappings: LogsourceMappings): readonly SigmaEvent[] {
  return sources(rule, mappings).flatMap(({ fields: base, logsource }) =>
    rule.detection.conditions.flatMap((condition) =>
      choices(condition, rule).map((selections) => {
        const fields: Fields = { ...base };
        for (const selection of selections) fill(selection, fields);
        return { fields, logsource };
      }),
    ),
  );
}

/** For Windows the channel and the event id of the service or category; else the logsource itself. */
function sources(
  rule: SigmaRule,
  mappings: LogsourceMappings,
): readonly { fields: Fields; logsource: SigmaEvent['logsource'] }[] {
  const { product, service, category } = rule.logsource;
  if (product !== mappings.product) return [{ fields: {}, logsource: rule.logsource }];
  const channelOf = (name: string): string | undefined =>
    [...mappings.services].find(([, services]) => services.includes(name))?.[0];
  const logsource = { product };
  if (category !== undefined) {
    return [...mappings.categories].flatMap(([name, rows]) =>
      rows
        .filter((row) => row.category === category)
        .map(({ where, aliases }) => ({
          fields: {
            EventID: 1,
            Channel: channelOf(name),
            ...Object.fromEntries(where.map(({ field, values }) => [field, valueOf([...values][0])])),
            ...Object.fromEntries(Object.values(aliases).map((alias) => [alias, undefined])),
          },
          logsource,
        })),
    );
  }
  const channel = service === undefined ? 'Security' : channelOf(service);
  return [{ fields: { EventID: 1, Channel: channel }, logsource }];
}

function valueOf(text = ''): unknown {
  return /^\d+$/.test(text) ? Number(text) : text;
}

/** Selections that together make the condition true, each of some alternatives; what is below "not" stays out. */
function choices(condition: Condition, rule: SigmaRule): readonly (readonly Selection[])[] {
  switch (condition.kind) {
    case 'selection': {
      const selection = rule.detection.selections.get(condition.name);
      return selection === undefined ? [] : [[selection]];
    }
    case 'not':
      return [[]];
    case 'or':
      return condition.items.flatMap((item) => choices(item, rule)).slice(0, 3);
    case 'and':
      return condition.items
        .reduce<readonly (readonly Selection[])[]>(
          (made, item) => made.flatMap((one) => choices(item, rule).map((other) => [...one, ...other])),
          [[]],
        )
        .slice(0, 3);
  }
}

function fill(selection: Selection, fields: Fields): void {
  if (selection.kind === 'item') fillItem(selection, fields);
  else
    for (const item of selection.kind === 'and' ? selection.items : selection.items.slice(0, 1))
      fill(item, fields);
}

function fillItem(item: FieldItem, fields: Fields): void {
  const all = item.modifiers.includes('all');
  const values = all ? item.values : item.values.slice(0, 1);
  const texts = values.flatMap((value): readonly unknown[] => {
    if (value.value === null || item.modifiers.includes('neq')) return [];
    if (typeof value.value !== 'string' && item.modifiers.length === 0) return [value.value];
    const [tokens] = textAlternatives(item, value, {}) ?? [];
    return tokens === undefined ? [] : [tokens.map(written).join('')];
  });
  if (texts.length === 0) return;
  const name = item.field === '' ? 'Data' : item.field;
  const before = fields[name];
  const value = texts.length === 1 ? texts[0] : texts.join('');
  fields[name] = typeof before === 'string' && typeof value === 'string' && all ? `${before}${value}` : value;
}

function written(token: Token): string {
  if (token.kind === 'text') return token.text;
  return token.kind === 'any' ? '' : token.kind === 'one' ? '?' : '-';
}
