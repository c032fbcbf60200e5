/** What can be done with all rows of a group. */
import type { Actions } from '../../app/actions.tsx';
import { client } from '../../lib/api.ts';
import { bulkLimit, type Change } from '../../lib/changes.ts';
import { explain } from '../../lib/errors.ts';
import { type Filter, groupFilter, inFacet } from '../../lib/filter.ts';
import { showMenu } from '../../lib/menus.ts';
import { toInput } from '../../lib/queue-input.ts';
import { showToast } from '../../lib/toasts.ts';
import { type Me, type QueueGroup, type QueueRow, verdictKeys, verdictNames } from '../../lib/types.ts';

interface Surroundings {
  readonly filter: Filter;
  readonly onFilter: (filter: Filter) => void;
  readonly apply: Actions['apply'];
  readonly me: Me;
}

/** What one answer of the list holds at most. */
const pageLimit = 500;

export function groupMenu(
  anchor: HTMLElement,
  group: QueueGroup,
  { filter, onFilter, apply }: Surroundings,
): void {
  const narrowed = groupFilter(filter, group.values);
  if (narrowed === null) {
    showToast('Rows without a value have no address of their own: open the group to work on them.');
    return;
  }
  const all = async (change: Change) => {
    try {
      await apply(await rowsOf(narrowed), change);
    } catch (error) {
      showToast(`The rows of the group could not be read; nothing was changed. ${explain(error)}`, {
        failed: true,
      });
    }
  };
  const count = Math.min(group.rows, bulkLimit).toLocaleString('en');
  const name = group.rows === 1 ? 'the 1 row' : `all ${count} rows`;
  showMenu(anchor, `${name} of this group`, [
    { label: 'Only these', act: () => onFilter(inFacet(narrowed)) },
    {
      label: 'Assign to me',
      apart: true,
      act: () => void all({ kind: 'assign', owner: 'me', ownerName: 'you' }),
    },
    { label: 'Acknowledge', act: () => void all({ kind: 'acknowledge' }) },
    ...verdictKeys.map(({ verdict }, i) => ({
      label: `Close as ${verdictNames[verdict].toLowerCase()}`,
      hint: count,
      apart: i === 0,
      act: () => void all({ kind: 'close', verdict, reason: '' }),
    })),
  ]);
}

async function rowsOf(filter: Filter): Promise<readonly QueueRow[]> {
  const rows: QueueRow[] = [];
  let cursor: string | undefined;
  do {
    const page = await client.queue.list({
      ...toInput(filter, Date.now()),
      limit: pageLimit,
      ...(cursor === undefined ? {} : { cursor }),
    });
    rows.push(...page.items);
    cursor = page.nextCursor ?? undefined;
  } while (cursor !== undefined && rows.length < bulkLimit);
  return rows.slice(0, bulkLimit);
}
