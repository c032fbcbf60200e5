/** What the menu of a value does on this page. */
import type { ValueAction } from '../../components/value-menu.tsx';
import { valueQuery, withValue } from '../../lib/hunt.ts';

/** The actions for one value of one field. */
export type ActionsOf = (field: string, text: string) => readonly ValueAction[];

export function valueActions(
  q: string,
  onQuery: (q: string) => void,
  onColumn: (name: string) => void,
): ActionsOf {
  return (field, text) => [
    { key: 'o', name: 'Only this', run: () => onQuery(withValue(q, field, text, 'only')) },
    { key: 'x', name: 'Exclude', run: () => onQuery(withValue(q, field, text, 'exclude')) },
    { key: 's', name: 'Search for it alone', run: () => onQuery(valueQuery(field, text)) },
    { key: 'l', name: 'As a column', run: () => onColumn(field) },
  ];
}
