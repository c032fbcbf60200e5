/** The fields of what was found: how many values each has, the most frequent ones, and which are columns of the list. */
import { IconChevronRight, IconColumnInsertRight, IconColumnRemove } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { type ReactNode, useState } from 'react';
import { Bones } from '../../components/failure.tsx';
import { Value } from '../../components/value.tsx';
import { ValueMenu } from '../../components/value-menu.tsx';
import { orpc } from '../../lib/api.ts';
import { explain } from '../../lib/errors.ts';
import type { HuntInput } from '../../lib/hunt.ts';
import { visibleText } from '../../lib/visible.ts';
import type { ActionsOf } from './actions.ts';
import styles from './fields.module.css';

interface TopValue {
  readonly value: string;
  readonly count: number;
}

export interface SampledField {
  readonly name: string;
  readonly count: number;
  readonly values: readonly TopValue[];
}

export interface FieldFacts {
  readonly columns: readonly { readonly name: string; readonly present: number; readonly distinct: number }[];
  readonly exact: boolean;
  readonly sampled: number;
  readonly native: readonly SampledField[];
  readonly ocsf: readonly SampledField[];
}

interface Props {
  readonly facts: FieldFacts | undefined;
  readonly error: unknown;
  readonly input: HuntInput;
  readonly columns: readonly string[];
  readonly actionsOf: ActionsOf;
  readonly onColumn: (name: string) => void;
}

export function FieldsPanel(props: Props) {
  const { facts, error } = props;
  const [words, setWords] = useState('');
  const wanted = words.trim().toLowerCase();
  const fits = ({ name }: { readonly name: string }) => name.toLowerCase().includes(wanted);
  const sample = facts === undefined ? '' : `in newest ${facts.sampled.toLocaleString('en')}`;
  return (
    <aside className={styles.panel} aria-label="Fields" tabIndex={-1}>
      <input
        type="text"
        className="field"
        placeholder="Find a field"
        aria-label="Find a field"
        value={words}
        onChange={(event) => setWords(event.target.value)}
        onKeyDown={(event) => event.key === 'Escape' && event.currentTarget.blur()}
      />
      <div className={styles.scroll} tabIndex={0} role="region" aria-label="List of fields">
        {error === null || error === undefined ? null : (
          <p className="dim" role="alert">
            The fields could not be counted. {explain(error)}
          </p>
        )}
        {facts === undefined && !error ? <Bones rows={14} height={24} /> : null}
        {facts === undefined ? null : (
          <>
            <Section name="Columns" note={facts.exact ? 'values' : sample} open>
              {facts.columns
                .filter((field) => field.present > 0)
                .filter(fits)
                .map((field) => (
                  <ColumnField key={field.name} {...props} name={field.name} distinct={field.distinct} />
                ))}
            </Section>
            <Section name="Vendor fields" note={sample} open>
              <SampleFields {...props} fields={facts.native.filter(fits)} />
            </Section>
            <Section name="OCSF" note={sample} open={wanted !== ''}>
              <SampleFields {...props} fields={facts.ocsf.filter(fits)} />
            </Section>
          </>
        )}
      </div>
    </aside>
  );
}

interface SectionProps {
  readonly name: string;
  readonly note: string;
  readonly open: boolean;
  readonly children: ReactNode;
}

function Section({ name, note, open, children }: SectionProps) {
  return (
    <details open={open}>
      <summary className={styles.section}>
        <IconChevronRight size={12} aria-hidden />
        <b>{name}</b> <span>{note}</span>
      </summary>
      {children}
    </details>
  );
}

type FieldProps = Props & { readonly name: string };

function ColumnField(props: FieldProps & { readonly distinct: number }) {
  const [open, setOpen] = useState(false);
  return (
    <FieldLine {...props} number={props.distinct} open={open} onOpen={() => setOpen(!open)}>
      {open ? <TopOf {...props} /> : null}
    </FieldLine>
  );
}

/** Counted when somebody looks. */
function TopOf(props: FieldProps) {
  const { input, name } = props;
  const top = useQuery(orpc.events.top.queryOptions({ input: { ...input, column: name, limit: 8 } }));
  if (top.isError) return <p className={styles.note}>{explain(top.error)}</p>;
  if (top.data === undefined) return <Bones rows={3} height={20} />;
  const { values, partial } = top.data;
  return (
    <>
      <Values {...props} values={values.filter((one) => one.value !== '')} />
      {partial === null ? null : (
        <p className={styles.note}>Counted in part: the search reached its limit.</p>
      )}
    </>
  );
}

/** The most frequent ones; more are a click away, or a word in the box above. */
const shownFields = 40;

function SampleFields({ fields, ...props }: Props & { readonly fields: readonly SampledField[] }) {
  const [all, setAll] = useState(false);
  const shown = all ? fields : fields.slice(0, shownFields);
  return (
    <>
      {shown.map((field) => (
        <SampleField key={field.name} {...props} field={field} />
      ))}
      {shown.length === fields.length ? null : (
        <button type="button" className={`link ${styles.more}`} onClick={() => setAll(true)}>
          {(fields.length - shown.length).toLocaleString('en')} more
        </button>
      )}
    </>
  );
}

function SampleField(props: Props & { readonly field: SampledField }) {
  const [open, setOpen] = useState(false);
  const { name, count, values } = props.field;
  return (
    <FieldLine {...props} name={name} number={count} open={open} onOpen={() => setOpen(!open)}>
      {!open ? null : values.length === 0 ? (
        <p className={styles.note}>Only long texts.</p>
      ) : (
        <Values {...props} name={name} values={values} />
      )}
    </FieldLine>
  );
}

function Values({ name, values, actionsOf }: FieldProps & { readonly values: readonly TopValue[] }) {
  const most = Math.max(1, ...values.map((one) => one.count));
  return (
    <ul className={styles.values}>
      {values.map(({ value, count }) => (
        <li key={value}>
          <i style={{ width: `${(count / most) * 100}%` }} aria-hidden />
          <span className="cut">
            <ValueMenu field={name} text={value} actions={actionsOf(name, value)}>
              <Value text={value} />
            </ValueMenu>
          </span>
          <span className="num">{count.toLocaleString('en')}</span>
        </li>
      ))}
    </ul>
  );
}

interface LineProps extends FieldProps {
  readonly number: number;
  readonly open: boolean;
  readonly onOpen: () => void;
  readonly children: ReactNode;
}

function FieldLine({ name, number, open, columns, onOpen, onColumn, children }: LineProps) {
  const isColumn = columns.includes(name);
  const Icon = isColumn ? IconColumnRemove : IconColumnInsertRight;
  return (
    <div className={styles.field}>
      <div className={styles.line}>
        <button type="button" className={styles.name} aria-expanded={open} onClick={onOpen}>
          <IconChevronRight size={12} aria-hidden />
          <span className="cut mono">{visibleText(name)}</span>
        </button>
        <button
          type="button"
          className={styles.add}
          aria-pressed={isColumn}
          aria-label={`Column ${visibleText(name)}`}
          title={isColumn ? 'Take the column away' : 'Show as a column'}
          onClick={() => onColumn(name)}
        >
          <Icon size={14} aria-hidden />
        </button>
        <span className={`num ${styles.number}`}>{number.toLocaleString('en')}</span>
      </div>
      {children}
    </div>
  );
}
