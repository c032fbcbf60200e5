/** What people read in place of an id: from the facets, else from the rows, else the id itself. */
import { useCallback } from 'react';
import { isValueFacet, labelsOf } from '../../lib/filter.ts';
import type { QueueFacets, QueueRow } from '../../lib/types.ts';

const ownerWords: Readonly<Record<string, string>> = { me: 'You', none: 'Unowned', others: 'Others' };

export function useLabels(facets: QueueFacets | undefined, rows: readonly QueueRow[]) {
  return useCallback(
    (facet: string, value: string): string => {
      if (facet === 'owner' && ownerWords[value] !== undefined) return ownerWords[value];
      const counted = Object.entries(facets?.facets ?? {})
        .find(([name]) => name === facet)?.[1]
        ?.find((one) => one.value === value);
      if (counted !== undefined) return counted.label;
      return isValueFacet(facet) ? (labelsOf(rows, facet).get(value) ?? value) : value;
    },
    [facets, rows],
  );
}
