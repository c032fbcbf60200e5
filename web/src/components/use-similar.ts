/** Open alerts like the one being closed. */
import { useQuery } from '@tanstack/react-query';
import { orpc } from '../lib/api.ts';
import { bulkLimit } from '../lib/changes.ts';
import { usePassing } from '../lib/passing.ts';
import type { Subject, Target } from '../lib/subject.ts';

/** Same rule and entity, or the same rule wherever it fired. */
export type SimilarScope = 'rule_entity' | 'rule';

export interface Similar {
  readonly count: number;
  readonly items: readonly {
    readonly id: string;
    readonly key: string;
    readonly title: string;
    readonly host: string;
  }[];
  /** What one change takes along. */
  readonly targets: readonly Target[];
}

/** None for an incident, which takes its own alerts with it, and for several at once. */
export function useSimilar(subject: Subject | undefined, scope: SimilarScope): Similar {
  const passing = usePassing();
  const answer = useQuery(
    orpc.queue.similar.queryOptions({
      input: { id: subject?.id ?? '', by: scope },
      enabled: subject?.kind === 'alert' && !passing,
    }),
  );
  const items = subject?.kind === 'alert' ? (answer.data?.items ?? []) : [];
  return {
    count: subject?.kind === 'alert' ? (answer.data?.count ?? 0) : 0,
    items,
    targets: items
      .slice(0, bulkLimit - 1)
      .map(({ kind, id, key, version }) => ({ kind, id, key, version, status: 'new', ownerId: null })),
  };
}
