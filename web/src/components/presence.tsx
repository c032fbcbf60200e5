/** Two people on one alert see each other. */
import { IconEye } from '@tabler/icons-react';
import { useEffect, useSyncExternalStore } from 'react';
import { useMe } from '../app/session.tsx';
import { client } from '../lib/api.ts';
import { presenceOf, tellPresence, watchPresence } from '../lib/presence.ts';
import type { RowKind } from '../lib/types.ts';
import styles from './presence.module.css';
import { Value } from './value.tsx';

const repeatEveryMs = 15_000;
/** Rows that are only passed by are nobody's. */
const firstAfterMs = 400;

/** Says that I look at it for as long as it is shown. */
function usePresent(kind: RowKind, id: string): void {
  useEffect(() => {
    const tell = (here: boolean) =>
      client.queue.presence({ kind, id, here }).then(
        ({ people }) => tellPresence(id, people),
        // Who else is here is not known then; the page itself tells of a lost connection.
        () => tellPresence(id, []),
      );
    let timer: ReturnType<typeof setInterval> | null = null;
    const first = setTimeout(() => {
      void tell(true);
      timer = setInterval(() => void tell(true), repeatEveryMs);
    }, firstAfterMs);
    return () => {
      clearTimeout(first);
      if (timer === null) return;
      clearInterval(timer);
      void tell(false);
    };
  }, [kind, id]);
}

export function useOthersHere(id: string) {
  const me = useMe();
  const people = useSyncExternalStore(watchPresence, () => presenceOf(id));
  return people.filter((person) => person.id !== me.id);
}

export function Presence({ kind, id }: { readonly kind: RowKind; readonly id: string }) {
  usePresent(kind, id);
  const others = useOthersHere(id);
  const [first, ...more] = others;
  return (
    <p className={styles.presence} role="status" data-here={first !== undefined || undefined}>
      {first === undefined ? null : (
        <>
          <IconEye size={14} aria-hidden />
          <span>
            <b>
              <Value text={first.name} plain />
            </b>
            {more.length > 0 ? ` and ${more.length} more are` : ' is'} looking at this
          </span>
        </>
      )}
    </p>
  );
}

/** In a row: initials of whoever else has it open. */
export function PresenceMark({ id }: { readonly id: string }) {
  const [first] = useOthersHere(id);
  if (first === undefined) return null;
  return (
    <span className={styles.mark} title={`${first.name} is looking at this`}>
      <IconEye size={11} aria-hidden />
      {initials(first.name)}
    </span>
  );
}

function initials(name: string): string {
  return name
    .split(/[\s._-]+/)
    .slice(0, 2)
    .map((word) => String.fromCodePoint(word.codePointAt(0) ?? 0x2022).toUpperCase())
    .join('');
}
