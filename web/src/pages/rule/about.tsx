/** What a rule says of itself, what it matched, and what was done to it. */
import { RuleExceptions } from '../../components/rule-exceptions.tsx';
import { SeverityMark } from '../../components/severity.tsx';
import { Value } from '../../components/value.tsx';
import { attackTags } from '../../lib/attack.ts';
import { exact } from '../../lib/time.ts';
import { type RuleDocument, severityNames } from '../../lib/types.ts';
import { RuleWords } from '../alert/rule-text.tsx';
import { Changes } from './changes.tsx';
import { Matches } from './matches.tsx';
import styles from './rule.module.css';
import { RuleOrigin } from './rule-origin.tsx';

export function About({ rule }: { readonly rule: RuleDocument }) {
  const { techniques, tactics } = attackTags(rule.tags);
  const { product, service, category } = rule.logsource;
  const reads = [product, service, category].filter((part) => part !== undefined).join(' · ');
  return (
    <>
      <div className={styles.about}>
        <p className={styles.severity}>
          <SeverityMark severity={rule.severity} named /> {severityNames[rule.severity]}
          <RuleOrigin rule={rule} />
        </p>
        {rule.problem === null ? null : (
          <p className={styles.bad} role="alert">
            It is on and can not be evaluated: <Value text={rule.problem} plain />
          </p>
        )}
        <RuleWords rule={rule} />
        <dl className={`facts ${styles.facts}`}>
          <dt>Reads</dt>
          <dd>
            <Value text={reads === '' ? 'every logsource' : reads} plain />
          </dd>
          <dt>ATT&amp;CK</dt>
          <dd>{[...techniques, ...tactics].join(', ') || <span className="dim">none named</span>}</dd>
          <dt>Pack</dt>
          <dd>
            <Value text={rule.pack} plain />
            {rule.edited ? ', its text was changed here' : ''}
          </dd>
          <dt>Id</dt>
          <dd>
            <Value text={rule.id} copy />
          </dd>
          <dt>Loaded</dt>
          <dd>{exact(rule.loadedAt)}</dd>
        </dl>
      </div>
      <Matches id={rule.id} />
      <RuleExceptions id={rule.id} />
      <Changes id={rule.id} version={rule.version} />
    </>
  );
}
