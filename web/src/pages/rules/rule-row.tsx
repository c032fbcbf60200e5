/** One rule in the list. */
import { memo } from 'react';
import list from '../../components/list-page.module.css';
import { SeverityMark } from '../../components/severity.tsx';
import { Value } from '../../components/value.tsx';
import { attackTags } from '../../lib/attack.ts';
import type { RuleSummary } from '../../lib/types.ts';
import styles from './rules.module.css';
import { ruleStateNames, ruleStates, type SwitchRule } from './use-rule-state.ts';

interface Props {
  readonly rule: RuleSummary;
  readonly selected: boolean;
  readonly current: boolean;
  readonly canManage: boolean;
  readonly onSelect: (id: string) => void;
  readonly onSwitch: SwitchRule;
}

export const RuleRow = memo(function RuleRow(props: Props) {
  const { rule, selected, current } = props;
  const { techniques, tactics } = attackTags(rule.tags);
  const { product, service, category } = rule.logsource;
  return (
    <div
      role="row"
      aria-selected={selected}
      tabIndex={current ? 0 : -1}
      data-rule={rule.id}
      data-off={rule.state === 'off' || undefined}
      className={`${list.row} ${styles.columns} ${styles.row}`}
      onClick={() => props.onSelect(rule.id)}
    >
      <div role="gridcell" className={styles.mark}>
        <SeverityMark severity={rule.severity} />
      </div>
      <div role="gridcell">
        <p className="cut">
          <b>
            <Value text={rule.title} plain />
          </b>
        </p>
        <p className={`cut ${list.second}`}>
          <Value text={rule.author === '' ? 'no author named' : rule.author} plain />
        </p>
      </div>
      <div role="gridcell" title={[...techniques, ...tactics].join(', ')}>
        <p className="cut mono">{techniques.join(' ')}</p>
        <p className={`cut ${list.second}`}>{tactics.join(', ')}</p>
      </div>
      <div role="gridcell">
        <p className="cut">
          <Value text={[product, service].filter(Boolean).join(' · ')} plain />
        </p>
        <p className={`cut ${list.second}`}>
          <Value text={category ?? ''} plain />
        </p>
      </div>
      <div role="gridcell">
        <RuleSwitch rule={rule} canManage={props.canManage} onSwitch={props.onSwitch} />
      </div>
    </div>
  );
}, same);

function same(before: Props, after: Props): boolean {
  return (
    before.rule === after.rule &&
    before.selected === after.selected &&
    before.current === after.current &&
    before.canManage === after.canManage
  );
}

export function RuleSwitch({ rule, canManage, onSwitch }: Pick<Props, 'rule' | 'canManage' | 'onSwitch'>) {
  if (!canManage) return <span>{ruleStateNames[rule.state]}</span>;
  return (
    <select
      className={`field ${styles.switch}`}
      aria-label={`State of ${rule.title}`}
      title="Alert: a match opens or joins an alert. Observe: it is counted and searchable. Off: not evaluated."
      value={rule.state}
      onClick={(event) => event.stopPropagation()}
      onChange={(event) => void onSwitch(rule, event.target.value as RuleSummary['state'])}
    >
      {ruleStates.map((state) => (
        <option key={state} value={state}>
          {ruleStateNames[state]}
        </option>
      ))}
    </select>
  );
}
