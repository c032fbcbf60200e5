/** What the page of an alert and that of an incident share: facts left, what it is in the middle, words and verdict right. */
import { type ReactNode, useRef, useState } from 'react';
import { BackHeading } from '../../app/back-heading.tsx';
import { Page } from '../../app/page.tsx';
import { useCanTriage } from '../../app/session.tsx';
import { useBack } from '../../app/use-back.ts';
import { useCommands } from '../../app/use-keys.ts';
import { useLive } from '../../app/use-live.ts';
import { useTriageCommands } from '../../app/use-triage-commands.ts';
import { Bones, Failure } from '../../components/failure.tsx';
import { History } from '../../components/history.tsx';
import { NoteBox } from '../../components/note-box.tsx';
import { Presence } from '../../components/presence.tsx';
import { SubjectActions } from '../../components/subject-actions.tsx';
import { type Tab, Tabs } from '../../components/tabs.tsx';
import { Unseen } from '../../components/unseen.tsx';
import { useSettled } from '../../components/use-settled.ts';
import { useUnseen } from '../../components/use-unseen.ts';
import { VerdictBar } from '../../components/verdict-bar.tsx';
import type { MenuItem } from '../../lib/menus.ts';
import type { Subject } from '../../lib/subject.ts';
import type { AlertDetail, IncidentDetail, RowKind } from '../../lib/types.ts';
import styles from './subject.module.css';

interface PageProps {
  readonly kind: RowKind;
  readonly itemKey: string;
  readonly query: {
    readonly data: { readonly id: string; readonly title: string } | undefined;
    readonly isPending: boolean;
    readonly error: Error | null;
    readonly refetch: () => Promise<unknown>;
  };
  /** What is read apart from it is still under way; the body is drawn with it, if that is soon. */
  readonly pending?: boolean;
  /** The body, when it is read. */
  readonly children: ReactNode;
}

export function SubjectPage({ kind, itemKey, query, pending = false, children }: PageProps) {
  const { data, isPending, error, refetch } = query;
  const unseen = useUnseen(kind, itemKey);
  const isSettled = useSettled(isPending || pending || unseen.isPending);
  useLive(data?.id, refetch);
  const back = useBack();
  useCommands(1, { back });
  return (
    <Page
      title={data === undefined ? itemKey : `${itemKey} ${data.title}`}
      heading={<BackHeading itemKey={itemKey} title={data?.title} onBack={back} />}
    >
      {isPending || !isSettled ? <Bones rows={14} height={44} /> : null}
      {error !== null && data === undefined ? (
        <Failure
          what={`${itemKey} could not be read.`}
          error={error}
          stillTrue="Nothing about it was changed."
          onRetry={() => void refetch()}
        />
      ) : null}
      {data === undefined || !isSettled ? null : children}
    </Page>
  );
}

interface BodyProps<K extends string> {
  readonly subject: Subject;
  readonly facts: ReactNode;
  readonly tabs: readonly Tab<K>[];
  readonly tab: K;
  readonly onTab: (tab: K) => void;
  /** Why it is here, below what can be done with it. */
  readonly words: ReactNode;
  readonly more?: readonly MenuItem[];
  /** Between that and the history. */
  readonly sections?: ReactNode;
  readonly history: AlertDetail['history'] | IncidentDetail['history'];
  /** Above the verdict: what it takes along. */
  readonly takes?: ReactNode;
}

export function SubjectBody<K extends string>(props: BodyProps<K>) {
  const { subject } = props;
  const canTriage = useCanTriage();
  const note = useRef<HTMLTextAreaElement>(null);
  const [armed, setArmed] = useState(false);
  useTriageCommands([subject], {
    picked: [subject],
    onArm: () => setArmed(true),
    onNote: () => note.current?.focus(),
  });
  return (
    <div className={styles.subject}>
      <aside className={styles.facts} aria-label="Facts">
        {props.facts}
      </aside>
      <Tabs<K>
        label={`About this ${subject.kind}`}
        active={props.tab}
        onChange={props.onTab}
        tabs={props.tabs}
      />
      <aside className={styles.talk} aria-label="Triage">
        <Presence kind={subject.kind} id={subject.id} />
        <div className={styles.scroll}>
          <section className={`section ${styles.words}`}>
            {canTriage ? <SubjectActions subjects={[subject]} more={props.more ?? []} /> : null}
            {props.words}
            <Unseen kind={subject.kind} id={subject.key} />
          </section>
          {props.sections}
          <section className="section">
            <h2>History</h2>
            {canTriage ? <NoteBox key={subject.id} subject={subject} box={note} /> : null}
            <div className={styles.history}>
              <History entries={props.history} />
            </div>
          </section>
        </div>
        {canTriage ? (
          <div className={styles.verdict}>
            {props.takes}
            <VerdictBar subjects={[subject]} armed={armed} onArm={setArmed} onClosed={() => undefined} />
          </div>
        ) : null}
      </aside>
    </div>
  );
}
