/** The selected rule: what it says, where it comes from, its source. */
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { DrawerFrame } from '../../components/drawer-frame.tsx';
import { Bones, Failure } from '../../components/failure.tsx';
import { Raw } from '../../components/raw.tsx';
import { SeverityMark } from '../../components/severity.tsx';
import { Value } from '../../components/value.tsx';
import { orpc } from '../../lib/api.ts';
import { exact } from '../../lib/time.ts';
import { type RuleDocument, severityNames } from '../../lib/types.ts';
import { RuleWords } from '../alert/rule-text.tsx';
import { RuleOrigin } from '../rule/rule-origin.tsx';
import { RuleSwitch } from './rule-row.tsx';
import styles from './rules.module.css';
import type { SwitchRule } from './use-rule-state.ts';

interface Props {
  readonly id: string;
  readonly canManage: boolean;
  readonly onSwitch: SwitchRule;
  readonly onLeave: () => void;
}

export function RuleDrawer({ id, canManage, onSwitch, onLeave }: Props) {
  const rule = useQuery(orpc.rules.get.queryOptions({ input: { id } }));
  return (
    <DrawerFrame
      label="Rule"
      onLeave={onLeave}
      head={
        rule.data === undefined ? null : (
          <>
            <SeverityMark severity={rule.data.severity} named /> {severityNames[rule.data.severity]}
            <span className={styles.onOff}>
              <RuleSwitch rule={rule.data} canManage={canManage} onSwitch={onSwitch} />
            </span>
          </>
        )
      }
    >
      {rule.isPending ? <Bones rows={10} height={34} /> : null}
      {rule.isError ? (
        <Failure
          what="This rule could not be read."
          error={rule.error}
          stillTrue="The list is as it was."
          onRetry={() => void rule.refetch()}
        />
      ) : null}
      {rule.data === undefined ? null : <Words rule={rule.data} />}
    </DrawerFrame>
  );
}

function Words({ rule }: { readonly rule: RuleDocument }) {
  return (
    <>
      <div className={styles.words}>
        <h2>
          <Value text={rule.title} plain />
        </h2>
        <p>
          <RuleOrigin rule={rule} />
        </p>
        <RuleWords rule={rule} />
        <dl className={`facts ${styles.facts}`}>
          <dt>Alerts</dt>
          <dd>
            <Link to="/" search={{ rule: rule.id, status: 'any', owner: 'any' }}>
              All of this rule
            </Link>
          </dd>
          <dt>Whole</dt>
          <dd>
            <Link to="/rules/$id" params={{ id: rule.id }}>
              Rule page <kbd>Enter</kbd>
            </Link>
          </dd>
          <dt>File</dt>
          <dd>
            <Value text={rule.path} />
          </dd>
          <dt>Id</dt>
          <dd>
            <Value text={rule.id} copy />
          </dd>
          <dt>Loaded</dt>
          <dd>{exact(rule.loadedAt)}</dd>
        </dl>
      </div>
      <Raw text={rule.source} note="Sigma source" />
    </>
  );
}
