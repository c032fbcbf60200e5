/** Closing with a verdict: `c`, a letter, a reason from the list or none; what is like it can go along. */
import { useState } from 'react';
import { useActions } from '../app/actions.tsx';
import { useKeys } from '../app/use-keys.ts';
import { capsOf } from '../lib/commands.ts';
import { nameOf, type Subject, standing, type Target } from '../lib/subject.ts';
import { type Verdict, verdictKeys, verdictNames } from '../lib/types.ts';
import { ReasonList } from './reason-list.tsx';
import { SimilarList } from './similar-list.tsx';
import { type SimilarScope, useSimilar } from './use-similar.ts';
import styles from './verdict.module.css';

interface Props {
  /** At least one. */
  readonly subjects: readonly Subject[];
  readonly armed: boolean;
  readonly onArm: (armed: boolean) => void;
  /** Called at once, before the service has answered: what is closed is passed by. */
  readonly onClosed: (closed: readonly Target[]) => void;
}

export function VerdictBar({ subjects, armed, onArm, onClosed }: Props) {
  const { apply } = useActions();
  const [verdict, setVerdict] = useState<Verdict | null>(null);
  const [scope, setScope] = useState<SimilarScope>('rule_entity');
  const [alsoLike, setAlsoLike] = useState(false);
  const open = subjects.filter((subject) => subject.status !== 'closed');
  const similar = useSimilar(open.length === 1 ? open[0] : undefined, scope);
  const disarm = () => {
    setVerdict(null);
    setAlsoLike(false);
    onArm(false);
  };
  const close = (reason: string) => {
    if (verdict === null) return;
    const all: readonly Target[] = alsoLike ? [...open, ...similar.targets] : open;
    disarm();
    onClosed(all);
    void apply(all, { kind: 'close', verdict, reason });
  };
  const pick = (picked: Verdict) => {
    onArm(true);
    setVerdict(picked);
  };
  useKeys(
    2,
    {
      Escape: verdict === null ? disarm : () => setVerdict(null),
      c: disarm,
      l: () => setAlsoLike((also) => !also && similar.count > 0),
      ...Object.fromEntries(
        verdictKeys.map((each) => [
          each.key,
          each.verdict === verdict ? () => close('') : () => pick(each.verdict),
        ]),
      ),
    },
    { on: armed && open.length > 0, exclusive: true },
  );
  if (open.length === 0) return <Closed subjects={subjects} />;
  const count = open.length + (alsoLike ? similar.targets.length : 0);
  const named = count === 1 ? nameOf(open) : `${count.toLocaleString('en')} items`;
  return (
    <div
      className={styles.bar}
      data-armed={armed || undefined}
      role="group"
      aria-label="Close with a verdict"
    >
      <p className={styles.head} role={armed ? 'status' : undefined}>
        <b>
          {armed
            ? `Close ${named}${verdict === null ? ' as …' : ` as ${verdictNames[verdict].toLowerCase()}`}`
            : 'Verdict'}
        </b>
        <Hint armed={armed} verdict={verdict} />
      </p>
      {similar.count === 0 || verdict !== null ? null : (
        <SimilarList
          similar={similar}
          scope={scope}
          checked={alsoLike}
          onCheck={setAlsoLike}
          onScope={setScope}
        />
      )}
      {verdict === null || !armed ? (
        <div className={styles.buttons}>
          {verdictKeys.map((each) => (
            <button key={each.key} type="button" className="btn" onClick={() => pick(each.verdict)}>
              {verdictNames[each.verdict]} <kbd>{each.key.toUpperCase()}</kbd>
            </button>
          ))}
        </div>
      ) : (
        <ReasonList verdict={verdict} count={count} onPick={close} />
      )}
    </div>
  );
}

function Hint({ armed, verdict }: { readonly armed: boolean; readonly verdict: Verdict | null }) {
  if (!armed) {
    return (
      <span className="dim">
        <kbd>{capsOf('close')[0]}</kbd> then the letter
      </span>
    );
  }
  return (
    <span className="dim">
      {verdict === null ? 'press a letter, ' : 'pick a reason, '}
      <kbd>Esc</kbd> {verdict === null ? 'to leave it' : 'back'}
    </span>
  );
}

function Closed({ subjects }: { readonly subjects: readonly Subject[] }) {
  const { apply } = useActions();
  const [first] = subjects;
  if (first === undefined) return null;
  return (
    <div className={styles.bar}>
      <p className={styles.head}>
        <b>{subjects.length === 1 ? standing(first) : `${subjects.length} closed items`}</b>
        <button type="button" className="btn" onClick={() => void apply(subjects, { kind: 'reopen' })}>
          Reopen <kbd>{capsOf('reopen')[0]}</kbd>
        </button>
      </p>
    </div>
  );
}
