/** The conditions of an exception: which fields, how compared, with what; here or everywhere. */
import {
  comparisonNames,
  comparisons,
  type ExceptionLine,
  hostField,
  otherLines,
} from '../../lib/exception.ts';
import type { AlertDetail } from '../../lib/types.ts';
import { visibleText } from '../../lib/visible.ts';
import styles from './exception.module.css';
import { Presets } from './form.tsx';

interface Props {
  readonly alert: AlertDetail;
  readonly lines: readonly ExceptionLine[];
  readonly onLines: (lines: readonly ExceptionLine[]) => void;
}

export function ExceptionLines({ alert, lines, onLines }: Props) {
  const host = hostField(alert);
  const change = (field: string, part: Partial<ExceptionLine>) =>
    onLines(lines.map((line) => (line.field === field ? { ...line, ...part } : line)));
  const others = otherLines(alert, lines);
  const isHere = lines.some(({ field, chosen }) => field === host && chosen);
  return (
    <fieldset className={styles.lines}>
      <legend>No alert of “{visibleText(alert.rule.title)}” where all of these hold</legend>
      <ul>
        {lines.map((line) => (
          <Line key={line.field} line={line} onChange={(part) => change(line.field, part)} />
        ))}
      </ul>
      <div className={styles.more}>
        {host === null ? null : (
          <Presets
            label="Where"
            options={[
              { value: 'here', name: `Only on ${visibleText(alert.host)}` },
              { value: 'everywhere', name: 'Everywhere' },
            ]}
            value={isHere ? 'here' : 'everywhere'}
            onPick={(where) => change(host, { chosen: where === 'here' })}
          />
        )}
        {others.length === 0 ? null : (
          <select
            className="field"
            aria-label="Add another field of the event"
            value=""
            onChange={(event) => {
              const added = others.find(({ field }) => field === event.target.value);
              if (added !== undefined) onLines([...lines, added]);
            }}
          >
            <option value="">Another field …</option>
            {others.map(({ field }) => (
              <option key={field} value={field}>
                {visibleText(field)}
              </option>
            ))}
          </select>
        )}
      </div>
    </fieldset>
  );
}

function Line({
  line,
  onChange,
}: {
  readonly line: ExceptionLine;
  readonly onChange: (part: Partial<ExceptionLine>) => void;
}) {
  const name = visibleText(line.field);
  return (
    <li data-off={line.chosen ? undefined : true}>
      <label className="cut">
        <input
          type="checkbox"
          className="tick"
          checked={line.chosen}
          onChange={(event) => onChange({ chosen: event.target.checked })}
        />
        <span className="mono cut" title={name}>
          {name}
        </span>
      </label>
      <select
        className="field"
        aria-label={`How ${name} is compared`}
        value={line.comparison}
        onChange={(event) =>
          onChange({ comparison: comparisons.find((one) => one === event.target.value) ?? 'is' })
        }
      >
        {comparisons.map((one) => (
          <option key={one} value={one}>
            {comparisonNames[one]}
          </option>
        ))}
      </select>
      <input
        className="field mono"
        aria-label={`Value of ${name}`}
        value={line.value}
        spellCheck={false}
        onChange={(event) => onChange({ value: event.target.value, chosen: true })}
      />
    </li>
  );
}
