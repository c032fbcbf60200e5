/** One rule: its source, whether it is on, what it matched when, and what was done to it. */
import { useQuery } from '@tanstack/react-query';
import { Link, useNavigate, useParams } from '@tanstack/react-router';
import { Page } from '../../app/page.tsx';
import { useCanManageRules } from '../../app/session.tsx';
import { useKeys } from '../../app/use-keys.ts';
import { CopyButton } from '../../components/copy-button.tsx';
import { Bones, Failure } from '../../components/failure.tsx';
import { RuleExceptions } from '../../components/rule-exceptions.tsx';
import { SeverityMark } from '../../components/severity.tsx';
import { Value } from '../../components/value.tsx';
import { Yaml } from '../../components/yaml.tsx';
import { orpc } from '../../lib/api.ts';
import { attackTags } from '../../lib/attack.ts';
import { exact } from '../../lib/time.ts';
import { type RuleDocument, severityNames } from '../../lib/types.ts';
import { RuleWords } from '../alert/rule-text.tsx';
import { RuleSwitch } from '../rules/rule-row.tsx';
import { useRuleState } from '../rules/use-rule-state.ts';
import { Changes } from './changes.tsx';
import { Matches } from './matches.tsx';
import styles from './rule.module.css';

export function RulePage() {
  const { id } = useParams({ from: '/in/rules/$id' });
  const navigate = useNavigate();
  const canManage = useCanManageRules();
  const setState = useRuleState();
  const rule = useQuery(orpc.rules.get.queryOptions({ input: { id } }));
  useKeys(1, {
    Escape: () => void navigate({ to: '/rules', search: { row: id } }),
    o: () => {
      if (rule.data !== undefined && canManage)
        void setState(rule.data, rule.data.state === 'off' ? 'alert' : 'off');
    },
  });
  return (
    <Page
      title={rule.data?.title ?? 'Rule'}
      heading={
        <>
          <Link to="/rules" search={{ row: id }} className={styles.back}>
            Rules
          </Link>
          <span aria-hidden>/</span>
          <span className="cut">
            {rule.data === undefined ? 'Rule' : <Value text={rule.data.title} plain />}
          </span>
        </>
      }
      tools={
        rule.data === undefined ? null : (
          <span className={styles.onOff}>
            <RuleSwitch rule={rule.data} canManage={canManage} onSwitch={setState} />
            {canManage ? <kbd aria-hidden>o</kbd> : null}
          </span>
        )
      }
    >
      {rule.isPending ? <Bones rows={14} height={34} /> : null}
      {rule.isError ? (
        <Failure
          what="This rule could not be read."
          error={rule.error}
          stillTrue="The rules that are on go on matching."
          onRetry={() => void rule.refetch()}
        />
      ) : null}
      {rule.data === undefined ? null : <Body rule={rule.data} />}
    </Page>
  );
}

function Body({ rule }: { readonly rule: RuleDocument }) {
  return (
    <div className={styles.rule}>
      <section className={styles.source} aria-label="Source">
        <header>
          <h2>Sigma source</h2>
          <span className="cut dim">
            <Value text={rule.path} />
          </span>
          <CopyButton text={rule.source} what="source" label="Copy" />
        </header>
        <Yaml source={rule.source} label="Sigma source of the rule" />
      </section>
      <div className={styles.rail} tabIndex={0} role="region" aria-label="About the rule">
        <About rule={rule} />
        <Matches id={rule.id} />
        <RuleExceptions id={rule.id} />
        <Changes id={rule.id} version={rule.version} />
      </div>
    </div>
  );
}

function About({ rule }: { readonly rule: RuleDocument }) {
  const { techniques, tactics } = attackTags(rule.tags);
  const { product, service, category } = rule.logsource;
  const reads = [product, service, category].filter((part) => part !== undefined).join(' · ');
  return (
    <div className={styles.about}>
      <p className={styles.severity}>
        <SeverityMark severity={rule.severity} named /> {severityNames[rule.severity]}
        <span className="dim">
          {rule.author === '' ? (
            'no author named'
          ) : (
            <>
              by <Value text={rule.author} plain />
            </>
          )}{' '}
          · {rule.license === null ? 'no licence named' : <Value text={rule.license} plain />}
        </span>
      </p>
      <RuleWords rule={rule} />
      <dl className={`facts ${styles.facts}`}>
        <dt>Reads</dt>
        <dd>
          <Value text={reads === '' ? 'every logsource' : reads} plain />
        </dd>
        <dt>ATT&amp;CK</dt>
        <dd>{[...techniques, ...tactics].join(', ') || <span className="dim">none named</span>}</dd>
        <dt>Id</dt>
        <dd>
          <Value text={rule.id} copy />
        </dd>
        <dt>Loaded</dt>
        <dd>{exact(rule.loadedAt)}</dd>
      </dl>
    </div>
  );
}
