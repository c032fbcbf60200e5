/** Below the list: how many are shown of how many, what is marked, and the keys. */
import styles from './events.module.css';
import type { Hunt } from './use-hunt.ts';
import type { Marks } from './use-marks.ts';

interface Props {
  readonly hunt: Hunt;
  readonly total: number | undefined;
  readonly marks: Marks;
  /** Null when no more can be shown. */
  readonly onMore: (() => void) | null;
}

export function Foot({ hunt, total, marks, onMore }: Props) {
  const shown = hunt.old ? 0 : hunt.events.length;
  const isCut = hunt.partial?.reason === 'limit' && (total === undefined || total > shown);
  const number = (n: number) => n.toLocaleString('en');
  return (
    <div className={styles.foot}>
      <span className="num" role="status">
        {hunt.status === 'running'
          ? `Searching, ${number(shown)} found so far`
          : isCut
            ? `The newest ${number(shown)}${total === undefined ? '' : ` of ${number(total)}`}`
            : `${number(shown)} ${shown === 1 ? 'event' : 'events'}`}
        {hunt.status === 'done' ? ` in ${number(hunt.ms)} ms` : ''}
      </span>
      {isCut && onMore !== null ? (
        <button type="button" className="link" onClick={onMore}>
          Show up to 10,000
        </button>
      ) : null}
      {marks.ids.size === 0 ? null : (
        <span className={styles.marks}>
          {number(marks.ids.size)} marked
          <button type="button" className="link" onClick={marks.copy}>
            Copy their records
          </button>
          <button type="button" className="link" onClick={marks.clear}>
            Unmark
          </button>
        </span>
      )}
      <span className={styles.keys}>
        <kbd>j</kbd>
        <kbd>k</kbd> move <kbd>Enter</kbd> open <kbd>x</kbd> mark <kbd>1</kbd>
        <kbd>2</kbd>
        <kbd>3</kbd> views <kbd>f</kbd> fields <kbd>t</kbd> time <kbd>?</kbd> all keys
      </span>
    </div>
  );
}
