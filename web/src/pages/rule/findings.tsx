/** What is wrong with the text, or that nothing is: each leads to its line. */
import { Value } from '../../components/value.tsx';
import { explain } from '../../lib/errors.ts';
import styles from './rule.module.css';
import { findingsOf, type useCheck } from './use-draft.ts';

const names = { error: 'Error', warning: 'Warning', note: 'Note' } as const;

interface Props {
  readonly state: ReturnType<typeof useCheck>;
  readonly onLine: (line: number) => void;
}

export function Findings({ state, onLine }: Props) {
  const findings = findingsOf(state);
  return (
    <div className={styles.findings} role="region" aria-label="What is wrong" tabIndex={0}>
      <p role="status" className="dim">
        {state.error === null ? sentence(state) : `It could not be checked. ${explain(state.error)}`}
      </p>
      <ul>
        {findings.map((one) => (
          <li key={`${one.line} ${one.message}`} data-severity={one.severity}>
            <button type="button" className="link" onClick={() => onLine(one.line)}>
              {names[one.severity]}, line {one.line}
            </button>
            <span>
              <Value text={one.message} plain limit={300} />
              {one.hint === null ? null : (
                <span className="dim">
                  {' '}
                  <Value text={one.hint} plain limit={300} />
                </span>
              )}
            </span>
          </li>
        ))}
      </ul>
    </div>
  );
}

function sentence(state: Props['state']): string {
  const findings = findingsOf(state);
  if (state.check === undefined || !state.settled) return 'Checking …';
  const errors = findings.filter(({ severity }) => severity === 'error').length;
  if (errors > 0)
    return errors === 1 ? 'One error: it can not be saved.' : `${errors} errors: it can not be saved.`;
  return findings.length === 0
    ? 'The service reads it as a rule, and finds nothing wrong.'
    : 'It can be saved.';
}
