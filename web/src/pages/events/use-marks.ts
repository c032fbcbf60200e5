/** Events that were marked, to take their records along. */
import { useState } from 'react';
import { copyText } from '../../lib/copy.ts';
import { showToast } from '../../lib/toasts.ts';
import type { HuntEvent } from '../../lib/types.ts';

export interface Marks {
  readonly ids: ReadonlySet<string>;
  readonly toggle: (id: string) => void;
  readonly clear: () => void;
  /** The records as they were received, one a line. */
  readonly copy: () => void;
}

export function useMarks(events: readonly HuntEvent[]): Marks {
  const [ids, setIds] = useState<ReadonlySet<string>>(new Set());
  return {
    ids,
    toggle(id) {
      const next = new Set(ids);
      if (!next.delete(id)) next.add(id);
      setIds(next);
    },
    clear: () => setIds(new Set()),
    copy() {
      const records = events.filter((event) => ids.has(event.eventId)).map((event) => event.raw);
      void copyText(`${records.join('\n')}\n`).then((copied) =>
        copied
          ? showToast(`Copied ${records.length} ${records.length === 1 ? 'record' : 'records'}.`)
          : showToast('The browser refused to copy.', { failed: true }),
      );
    },
  };
}
