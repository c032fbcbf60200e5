/** What the list is limited to, and each limit's way out; how it is grouped and by which time. */

import { IconFilterPlus, IconStack2, IconX } from '@tabler/icons-react';
import { memo } from 'react';
import { Value } from '../../components/value.tsx';
import { ask } from '../../lib/asks.ts';
import {
  anyFilter,
  defaultFilter,
  type Filter,
  factOf,
  type GroupField,
  groupFields,
  isSameView,
  toggle,
  type ValueFacet,
  valueFacets,
} from '../../lib/filter.ts';
import { showMenu } from '../../lib/menus.ts';
import { rangeName } from '../../lib/ranges.ts';
import { severityNames, statusNames } from '../../lib/types.ts';
import { tagLabel } from './facets.tsx';
import styles from './pills.module.css';

interface Props {
  readonly filter: Filter;
  /** What people read in place of an id; the id itself where nothing is known. */
  readonly labelOf: (facet: string, value: string) => string;
  readonly onFilter: (filter: Filter) => void;
}

const facetNames: Readonly<Record<ValueFacet, string>> = {
  rule: 'Rule',
  host: 'Host',
  user: 'User',
  source: 'Source',
  tag: 'Tag',
};

export const Pills = memo(function Pills({ filter, labelOf, onFilter }: Props) {
  const isDefault = isSameView(filter, defaultFilter);
  const without = (part: Partial<Filter>) => () => onFilter({ ...filter, ...part });
  return (
    <div className={styles.pills}>
      <Pill
        name="Status"
        words={filter.status.map((status) => statusNames[status].toLowerCase())}
        onClear={without({ status: [] })}
      />
      <Pill
        name="Owner"
        words={filter.owner.map((owner) => labelOf('owner', owner).toLowerCase())}
        onClear={without({ owner: [] })}
      />
      <Pill
        name="Severity"
        words={filter.severity.map((severity) => severityNames[severity].toLowerCase())}
        onClear={without({ severity: [] })}
      />
      <Pill name="Kind" words={filter.kind} onClear={without({ kind: [] })} />
      {valueFacets.map((facet) => (
        <Pill
          key={facet}
          name={facetNames[facet]}
          words={filter[facet].map((value) => tagLabel(facet, labelOf(facet, value)))}
          onClear={without({ [facet]: [] })}
        />
      ))}
      {filter.not.map((item) => (
        <Pill
          key={item}
          name="Not"
          words={[factText(item, labelOf)]}
          onClear={without({ not: toggle(filter.not, item) })}
        />
      ))}
      <Pill
        name="On one alert"
        words={filter.together.map((item) => factText(item, labelOf))}
        onClear={without({ together: [] })}
      />
      <Pill name="Text" words={filter.text === '' ? [] : [filter.text]} onClear={without({ text: '' })} />
      <Pill
        name={filter.basis === 'event' ? 'Event time' : 'Alert time'}
        words={filter.time === null ? [] : [rangeName(filter.time)]}
        onClear={without({ time: null })}
      />
      <button
        type="button"
        className={styles.add}
        aria-haspopup="menu"
        onClick={(event) =>
          showMenu(
            event.currentTarget,
            'Add filter',
            valueFacets.map((facet) => ({
              label: facetNames[facet],
              act: () => ask({ type: 'facet', facet, filter, onFilter }),
            })),
          )
        }
      >
        <IconFilterPlus size={15} stroke={1.7} aria-hidden /> Add filter
      </button>
      {isDefault ? null : (
        <button
          type="button"
          className="link"
          onClick={() => onFilter({ ...defaultFilter, basis: filter.basis, group: filter.group })}
        >
          Default view
        </button>
      )}
      {isSameView({ ...filter, group: [], basis: 'alert' }, anyFilter) ? null : (
        <button
          type="button"
          className="link"
          onClick={() => onFilter({ ...anyFilter, basis: filter.basis, group: filter.group })}
        >
          Show all
        </button>
      )}
      <span className={styles.right}>
        <GroupBy filter={filter} onFilter={onFilter} />
        <Basis filter={filter} onFilter={onFilter} />
      </span>
    </div>
  );
});

function factText(item: string, labelOf: Props['labelOf']): string {
  const [facet, value] = factOf(item);
  return `${facet} ${tagLabel(facet, labelOf(facet, value))}`;
}

function Pill({
  name,
  words,
  onClear,
}: {
  readonly name: string;
  readonly words: readonly string[];
  readonly onClear: () => void;
}) {
  if (words.length === 0) return null;
  return (
    <span className={styles.pill}>
      {name}{' '}
      <b className="cut">
        <Value text={words.join(', ')} plain />
      </b>
      <button type="button" aria-label={`Any ${name.toLowerCase()}`} onClick={onClear}>
        <IconX size={12} aria-hidden />
      </button>
    </span>
  );
}

const mostGroups = 3;

function GroupBy({ filter, onFilter }: Omit<Props, 'labelOf'>) {
  const { group } = filter;
  const pick = (field: GroupField) => onFilter({ ...filter, group: toggle(group, field).slice(-mostGroups) });
  return (
    <button
      type="button"
      className="btn"
      aria-haspopup="menu"
      onClick={(event) =>
        showMenu(event.currentTarget, `Group by, up to ${mostGroups} fields`, [
          {
            label: 'Incident',
            hint: 'the list',
            checked: group.length === 0,
            act: () => onFilter({ ...filter, group: [] }),
          },
          ...groupFields.map((field) => ({
            label: field[0]?.toUpperCase() + field.slice(1),
            checked: group.includes(field),
            act: () => pick(field),
          })),
        ])
      }
    >
      <IconStack2 size={15} stroke={1.7} aria-hidden />
      <span className="dim">Group by</span> {group.length === 0 ? 'incident' : group.join(', ')}
    </button>
  );
}

function Basis({ filter, onFilter }: Omit<Props, 'labelOf'>) {
  return (
    <span className={styles.basis} role="group" aria-label="Time that ranges and bars go by">
      {(['alert', 'event'] as const).map((basis) => (
        <button
          key={basis}
          type="button"
          aria-pressed={filter.basis === basis}
          title={basis === 'alert' ? 'When it came into the queue' : 'When it happened'}
          onClick={() => onFilter({ ...filter, basis, time: null })}
        >
          {basis === 'alert' ? 'Alert time' : 'Event time'}
        </button>
      ))}
    </span>
  );
}
