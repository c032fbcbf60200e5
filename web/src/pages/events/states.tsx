/** How the search is: running, in part, failed, or with nothing found, each with the way on. */
import { Bones, Failure } from '../../components/failure.tsx';
import states from '../../components/states.module.css';
import type { EventsSearch } from '../../lib/searches.ts';
import { exact } from '../../lib/time.ts';
import type { PartialAnswer } from '../../lib/types.ts';
import styles from './events.module.css';
import { typed } from './time-range.tsx';
import type { Hunt } from './use-hunt.ts';

/** Says how far a search is; its place is kept when it is over. */
export function Running({ hunt }: { readonly hunt: Hunt }) {
  const { status, progress } = hunt;
  const total = progress?.rowsTotal ?? 0;
  const read = Math.max(progress?.rowsRead ?? 0, progress?.examined ?? 0);
  const share = total === 0 ? 0 : Math.min(1, read / total);
  return (
    <div
      className={styles.progress}
      data-on={status === 'running' || undefined}
      role="progressbar"
      aria-label="Search"
      aria-valuemin={0}
      aria-valuemax={100}
      aria-valuenow={Math.round(share * 100)}
      title={
        progress === null
          ? ''
          : `${read.toLocaleString('en')} of about ${Math.max(total, read).toLocaleString('en')} rows read`
      }
    >
      <span style={{ width: `${share * 100}%` }} />
    </div>
  );
}

interface PartlyProps {
  readonly hunt: Hunt;
  readonly counts: { readonly partial: PartialAnswer | null } | undefined;
}

/** Which part of the answer is missing. The end of the list at its limit is told by the foot. */
export function Partly({ hunt, counts }: PartlyProps) {
  const notes = [
    hunt.status === 'stopped'
      ? `Stopped: what was found so far is shown${hunt.events.length === 0 ? '' : ', newest first'}. What is older was not looked at.`
      : null,
    hunt.partial === null || hunt.partial.reason === 'limit'
      ? null
      : `The list is a part. ${missing(hunt.partial)}`,
    counts?.partial === null || counts === undefined
      ? null
      : `The counts are of a part. ${missing(counts.partial)}`,
  ].filter((note) => note !== null);
  if (notes.length === 0) return null;
  return (
    <p className={styles.partly} role="status">
      {notes.join(' ')}
    </p>
  );
}

function missing({ reason, before }: PartialAnswer): string {
  const where = before === null ? 'It was not finished' : `Nothing before ${exact(before)} was looked at`;
  const why = {
    limit: 'more match than are shown',
    examined: 'too many records had to be read one by one',
    time: 'it took too long',
    memory: 'it needed too much memory',
  }[reason];
  return `${where}: ${why}. Narrow the time, or add a host or source.`;
}

interface EmptyProps {
  readonly hunt: Hunt;
  /** The query of the address can be read. */
  readonly readable: boolean;
  readonly search: EventsSearch;
  readonly newest: string | null;
  readonly onAsk: (change: EventsSearch) => void;
  readonly onRetry: () => void;
}

export function Empty({ hunt, readable, search, newest, onAsk, onRetry }: EmptyProps) {
  if (hunt.events.length > 0 && hunt.status !== 'failed') return null;
  if (!readable) {
    return (
      <div className={states.state}>
        <p className={states.title}>The query can't be read</p>
        <p className="dim">Its fault is underlined above. Nothing was searched.</p>
      </div>
    );
  }
  if (hunt.status === 'running') return <Bones rows={20} height={29} />;
  if (hunt.status === 'failed') {
    return (
      <Failure
        what="The events could not be searched."
        error={hunt.error}
        stillTrue="Intake goes on; your query stands in the address."
        onRetry={onRetry}
      />
    );
  }
  if (hunt.status === 'stopped') return null;
  const isTimed = search.from !== undefined || search.to !== undefined || search.last !== undefined;
  if (newest === null) {
    return (
      <div className={states.state}>
        <p className={states.title}>No event is stored yet</p>
        <p>Import a file, or point a sender at this service:</p>
        <code className="mono">./watchfloor import FILE</code>
      </div>
    );
  }
  const end = Date.parse(newest) + 1;
  return (
    <div className={states.state}>
      <p className={states.title}>No stored event matches</p>
      <p className="dim">The newest stored event is of {exact(newest)}.</p>
      {isTimed ? (
        <>
          <button type="button" className="link" onClick={() => onAsk({ from: '', to: '', last: '' })}>
            Search all that is stored
          </button>
          <button
            type="button"
            className="link"
            onClick={() => onAsk({ from: typed(end - 86_400_000), to: typed(end), last: '' })}
          >
            Search the newest day of data
          </button>
        </>
      ) : null}
      {(search.q ?? '') === '' ? null : (
        <button type="button" className="link" onClick={() => onAsk({ q: '' })}>
          Search without the query
        </button>
      )}
    </div>
  );
}
