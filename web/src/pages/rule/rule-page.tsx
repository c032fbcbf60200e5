/** One rule as a workbench: its text, to read or to edit, and beside it what it is, does, matches and was. */
import { useQuery } from '@tanstack/react-query';
import { Link, useNavigate, useParams, useSearch } from '@tanstack/react-router';
import { useState } from 'react';
import { Page } from '../../app/page.tsx';
import { useCanManageRules } from '../../app/session.tsx';
import { useCommands, useKeys } from '../../app/use-keys.ts';
import { CopyButton } from '../../components/copy-button.tsx';
import { Bones, Failure } from '../../components/failure.tsx';
import { type Tab, Tabs } from '../../components/tabs.tsx';
import { Value } from '../../components/value.tsx';
import { Yaml } from '../../components/yaml.tsx';
import { orpc } from '../../lib/api.ts';
import { withKey } from '../../lib/commands.ts';
import type { RuleSearch } from '../../lib/searches.ts';
import type { RuleDocument } from '../../lib/types.ts';
import { RuleSwitch } from '../rules/rule-row.tsx';
import { useRuleSwitch } from '../rules/use-rule-switch.tsx';
import { About } from './about.tsx';
import { BacktestPanel } from './backtest-panel.tsx';
import { readDraft } from './draft.ts';
import { EditPane } from './edit-pane.tsx';
import { EvidencePanel } from './evidence-panel.tsx';
import styles from './rule.module.css';
import { noTrial, type Trial, TryPanel } from './try-panel.tsx';
import { Versions } from './versions.tsx';

const tabNames = ['about', 'try', 'evidence', 'versions', 'backtest'] as const;
type TabName = (typeof tabNames)[number];

export function RulePage() {
  const { id } = useParams({ from: '/in/rules/$id' });
  const search = useSearch({ from: '/in/rules/$id' });
  const navigate = useNavigate();
  const canManage = useCanManageRules();
  const rule = useQuery(orpc.rules.get.queryOptions({ input: { id } }));
  const switching = useRuleSwitch();
  const look = (change: RuleSearch) =>
    void navigate({
      to: '/rules/$id',
      params: { id },
      search: clean({ ...search, ...change }),
      replace: true,
    });
  const editing = search.edit === 'on' && canManage;
  const show = (tab: TabName) => () => look({ tab });
  useCommands(1, {
    tryRule: show('try'),
    evidence: show('evidence'),
    versions: show('versions'),
    backtest: canManage ? show('backtest') : undefined,
    editRule: canManage ? () => look({ edit: 'on' }) : undefined,
    switchRule:
      rule.data !== undefined && canManage
        ? () => void switching.set(rule.data, rule.data.state === 'off' ? 'alert' : 'off')
        : undefined,
  });
  useKeys(1, {
    Escape: () => {
      if (editing) look({ edit: '' });
      else void navigate({ to: '/rules', search: { row: id } });
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
            <RuleSwitch rule={rule.data} canManage={canManage} onSwitch={switching.set} />
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
      {rule.data === undefined ? null : (
        <Body
          key={rule.data.id}
          rule={rule.data}
          search={search}
          look={look}
          editing={editing}
          canManage={canManage}
        />
      )}
      {switching.offer}
    </Page>
  );
}

interface BodyProps {
  readonly rule: RuleDocument;
  readonly search: RuleSearch;
  readonly look: (change: RuleSearch) => void;
  readonly editing: boolean;
  readonly canManage: boolean;
}

function Body({ rule, search, look, editing, canManage }: BodyProps) {
  const [trial, setTrial] = useState<Trial>(noTrial);
  const [shown, setShown] = useState<{ readonly line: number } | null>(null);
  /** The text that is tried: what is being written, else what is stored. */
  const [text, setText] = useState<string | null>(null);
  const source = editing ? text : null;
  const reveal = (line: number) => setShown({ line });
  const active = tabNames.find((name) => name === search.tab) ?? 'about';
  const tabs: readonly Tab<TabName>[] = [
    { key: 'about', name: 'About', body: () => <About rule={rule} /> },
    {
      key: 'try',
      name: 'Try it',
      body: () => (
        <TryPanel
          id={rule.id}
          source={source}
          trial={trial}
          onTrial={setTrial}
          onLine={reveal}
          canKeep={canManage}
        />
      ),
    },
    {
      key: 'evidence',
      name: 'Evidence',
      body: () => <EvidencePanel id={rule.id} source={source} canManage={canManage} onLine={reveal} />,
    },
    {
      key: 'versions',
      name: 'Versions',
      body: () => <Versions rule={rule} search={search} look={look} canManage={canManage} />,
    },
    ...(canManage
      ? [
          {
            key: 'backtest' as const,
            name: 'Backtest',
            body: () => <BacktestPanel rule={rule} source={source} />,
          },
        ]
      : []),
  ];
  return (
    <div className={styles.rule} data-editing={editing || undefined}>
      {editing ? (
        <EditPane rule={rule} shown={shown} onText={setText} onDone={() => look({ edit: '' })} />
      ) : (
        <section className={styles.source} aria-label="Source">
          <header>
            <h2>Sigma source</h2>
            <span className="cut dim">
              <Value text={rule.path} />
            </span>
            {canManage ? (
              <button
                type="button"
                className="btn"
                title={withKey('Edit the rule', 'editRule')}
                onClick={() => look({ edit: 'on' })}
              >
                Edit <kbd aria-hidden>e</kbd>
              </button>
            ) : null}
            <CopyButton text={rule.source} what="source" label="Copy" />
          </header>
          {canManage && readDraft(rule.id) !== null ? (
            <p className={styles.notice}>
              You have text of this rule that is not saved.{' '}
              <button type="button" className="link" onClick={() => look({ edit: 'on' })}>
                Go on with it
              </button>
            </p>
          ) : null}
          <Yaml source={rule.source} label="Sigma source of the rule" line={shown} />
        </section>
      )}
      <div className={styles.rail}>
        <Tabs label="About the rule" tabs={tabs} active={active} onChange={(tab) => look({ tab })} />
      </div>
    </div>
  );
}

function clean(search: RuleSearch): RuleSearch {
  return Object.fromEntries(Object.entries(search).filter(([, value]) => value !== ''));
}
