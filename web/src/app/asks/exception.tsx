/** An exception of a rule, begun from an alert: what is left out is counted before it is said. */
import { useDebouncedValue } from '@mantine/hooks';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { Bones, Failure } from '../../components/failure.tsx';
import { client, orpc, queryClient } from '../../lib/api.ts';
import { endAsk } from '../../lib/asks.ts';
import { explain } from '../../lib/errors.ts';
import { type ExceptionLine, linesOf, selectionOf } from '../../lib/exception.ts';
import { readInstant } from '../../lib/instants.ts';
import { alertSubject } from '../../lib/subject.ts';
import { showToast } from '../../lib/toasts.ts';
import type { AlertDetail, Verdict } from '../../lib/types.ts';
import { visibleText } from '../../lib/visible.ts';
import { useActions } from '../actions.tsx';
import { useKeys } from '../use-keys.ts';
import { ExceptionLines } from './exception-lines.tsx';
import styles from './form.module.css';
import { Field, Form, Presets } from './form.tsx';

interface Props {
  readonly alertKey: string;
  /** Where a value's menu asked: only this field is chosen at first. */
  readonly field: string | null;
}

export function ExceptionForm({ alertKey, field }: Props) {
  const alert = useQuery(orpc.alerts.get.queryOptions({ input: { id: alertKey } }));
  if (alert.isPending) return <Bones rows={6} height={34} />;
  if (alert.isError) {
    return (
      <Failure
        what={`${alertKey} could not be read.`}
        error={alert.error}
        stillTrue="Nothing was changed."
        onRetry={() => void alert.refetch()}
      />
    );
  }
  return <Steps key={alert.data.id} alert={alert.data} field={field} />;
}

function Steps({ alert, field }: { readonly alert: AlertDetail; readonly field: string | null }) {
  const [reason, setReason] = useState<string | null>(null);
  if (reason !== null) return <CloseToo alert={alert} reason={reason} />;
  const onAdded = (said: string) => (alert.status === 'closed' ? endAsk() : setReason(said));
  return <Build alert={alert} field={field} onAdded={onAdded} />;
}

const dayMs = 86_400_000;
const spans = [
  { days: 30, name: '30 days' },
  { days: 90, name: '90 days' },
  { days: 365, name: 'a year' },
] as const;
const never = 'never';

function Build({
  alert,
  field,
  onAdded,
}: {
  readonly alert: AlertDetail;
  readonly field: string | null;
  readonly onAdded: (reason: string) => void;
}) {
  const [lines, setLines] = useState(() => linesOf(alert, field));
  const [reason, setReason] = useState('');
  const [opened] = useState(Date.now);
  const ends = spans.map(({ days, name }) => ({ name, value: dayOf(opened + days * dayMs) }));
  const [end, setEnd] = useState(ends[1]?.value ?? never);
  const [state, setState] = useState<{ readonly busy: boolean; readonly failed: string | null }>({
    busy: false,
    failed: null,
  });
  const fields = selectionOf(lines);
  const instant = end === never ? null : readInstant(end);
  const isEndRight = end === never || (instant !== null && Date.parse(instant) > opened);
  const add = async () => {
    if (fields === null) return;
    setState({ busy: true, failed: null });
    try {
      const added = await client.rules.addException({
        id: alert.ruleId,
        fields,
        reason: reason.trim(),
        expiresAt: instant,
      });
      void queryClient.invalidateQueries({ queryKey: orpc.rules.key() });
      showToast(`Added an exception to ${visibleText(alert.rule.title)}`, {
        undo: () => void takeBack(alert.ruleId, added.id),
      });
      onAdded(reason.trim());
    } catch (error) {
      setState({ busy: false, failed: `Nothing was added. ${explain(error)}` });
    }
  };
  return (
    <Form
      submit="Add exception"
      disabled={fields === null || reason.trim() === '' || !isEndRight}
      busy={state.busy}
      failed={state.failed}
      onSubmit={() => void add()}
    >
      <ExceptionLines alert={alert} lines={lines} onLines={setLines} />
      <Preview alert={alert} lines={lines} />
      <Field name="Why this is no alert">
        {(id) => (
          <input
            id={id}
            className="field"
            data-autofocus
            maxLength={2_000}
            placeholder="the backup agent starts like this every night"
            value={reason}
            onChange={(event) => setReason(event.target.value)}
          />
        )}
      </Field>
      <Field name="Until" hint="UTC, or never">
        {(id) => (
          <input
            id={id}
            className="field mono"
            value={end}
            aria-invalid={!isEndRight}
            onChange={(event) => setEnd(event.target.value)}
          />
        )}
      </Field>
      <Presets
        label="Usual ends"
        options={[...ends, { name: 'never', value: never }]}
        value={end}
        onPick={setEnd}
      />
    </Form>
  );
}

function dayOf(at: number): string {
  return new Date(at).toISOString().slice(0, 10);
}

async function takeBack(id: string, exception: string): Promise<void> {
  try {
    await client.rules.removeException({ id, exception });
    void queryClient.invalidateQueries({ queryKey: orpc.rules.key() });
    showToast('Removed the exception again');
  } catch (error) {
    showToast(`The exception could not be removed; it holds. ${explain(error)}`, { failed: true });
  }
}

const previewDays = 30;
const typingPauseMs = 300;

function Preview({
  alert,
  lines,
}: {
  readonly alert: AlertDetail;
  readonly lines: readonly ExceptionLine[];
}) {
  const [settled] = useDebouncedValue(lines, typingPauseMs);
  const fields = selectionOf(settled);
  const input = { id: alert.ruleId, fields: { ...fields }, days: previewDays };
  const preview = useQuery(
    orpc.rules.previewException.queryOptions({
      input,
      enabled: fields !== null,
      placeholderData: (before) => before,
      retry: false,
    }),
  );
  if (fields === null) {
    return (
      <p className={styles.does}>
        Choose at least one field, each with a value: all that are chosen must hold.
      </p>
    );
  }
  if (preview.isError) {
    return (
      <p className={styles.does} role="alert">
        What it would leave out could not be counted. {explain(preview.error)}
      </p>
    );
  }
  const { data } = preview;
  return (
    <p className={styles.does} role="status" aria-busy={preview.isFetching}>
      {data === undefined ? (
        `Counting what it would have left out in ${previewDays} days`
      ) : (
        <>
          <span>
            In the last {data.days} days it would have left out{' '}
            <b className="num">{data.gone.toLocaleString('en')}</b> of {data.alerts.toLocaleString('en')}{' '}
            {data.alerts === 1 ? 'alert' : 'alerts'} of this rule
            {data.goneOpen > 0 ? ` (${data.goneOpen.toLocaleString('en')} open)` : ''}
            {data.fewer > 0 ? `, and part of ${data.fewer.toLocaleString('en')} more` : ''}:{' '}
            {data.hidden.toLocaleString('en')} of {data.detections.toLocaleString('en')}{' '}
            {data.detections === 1 ? 'detection' : 'detections'}.
            {data.whole ? '' : ' Counted on the events that alerts keep; there were more.'}
          </span>
          {data.examples.length === 0 ? null : (
            <span className="dim cut">
              {data.examples
                .map(({ key, host }) => (host === '' ? key : `${key} ${visibleText(host)}`))
                .join(', ')}
              {data.gone > data.examples.length ? ' …' : ''}
            </span>
          )}
        </>
      )}
    </p>
  );
}

/** The exception is for what comes; this alert is closed by one key more. */
function CloseToo({ alert, reason }: { readonly alert: AlertDetail; readonly reason: string }) {
  const { apply } = useActions();
  const close = (verdict: Verdict) => {
    endAsk();
    void apply([alertSubject(alert)], { kind: 'close', verdict, reason });
  };
  useKeys(3, { b: () => close('benign_positive'), f: () => close('false_positive') });
  return (
    <div className={styles.form}>
      <p className={styles.does} role="status">
        It holds from now on. {alert.key} itself is still open.
      </p>
      <div className={styles.foot}>
        <button type="button" className="btn" onClick={endAsk}>
          Leave it open <kbd>Esc</kbd>
        </button>
        <button type="button" className="btn" onClick={() => close('false_positive')}>
          Close as false positive <kbd>F</kbd>
        </button>
        {/* oxlint-disable-next-line jsx-a11y/no-autofocus */}
        <button type="button" className="btn" data-primary autoFocus onClick={() => close('benign_positive')}>
          Close as benign <kbd>B</kbd>
        </button>
      </div>
    </div>
  );
}
