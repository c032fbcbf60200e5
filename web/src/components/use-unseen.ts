/** Asks what could not be seen around an alert or incident; at the same time as it is read itself. */
import { useQuery } from '@tanstack/react-query';
import { orpc } from '../lib/api.ts';
import { usePassing } from '../lib/passing.ts';
import type { RowKind } from '../lib/types.ts';

/** `id`: id or display key. */
export function useUnseen(kind: RowKind, id: string) {
  const ask = { input: { id }, enabled: !usePassing(), staleTime: 60_000 };
  return useQuery(
    kind === 'alert'
      ? orpc.alerts.unseen.queryOptions(ask)
      : { ...orpc.incidents.unseen.queryOptions(ask), queryKey: orpc.incidents.unseen.queryKey(ask) },
  );
}
