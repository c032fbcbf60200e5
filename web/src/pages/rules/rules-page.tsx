/** The loaded rules: what they look for, whether they are on, and what they raised. */
import { useQuery } from '@tanstack/react-query';
import { useNavigate, useSearch } from '@tanstack/react-router';
import { useState } from 'react';
import { Page } from '../../app/page.tsx';
import { SearchBox } from '../../app/search-box.tsx';
import { useCanManageRules } from '../../app/session.tsx';
import { useCommands, useKeys } from '../../app/use-keys.ts';
import { useListKeys } from '../../app/use-list-keys.ts';
import { Command } from '../../components/command.tsx';
import { Bones, Failure } from '../../components/failure.tsx';
import list from '../../components/list-page.module.css';
import states from '../../components/states.module.css';
import { Value } from '../../components/value.tsx';
import { orpc } from '../../lib/api.ts';
import { withKey } from '../../lib/commands.ts';
import type { RulesSearch } from '../../lib/searches.ts';
import { CoverageView } from './coverage.tsx';
import { RuleDrawer } from './rule-drawer.tsx';
import { RuleRow } from './rule-row.tsx';
import styles from './rules.module.css';
import { ruleStateNames, ruleStates } from './use-rule-state.ts';
import { useRuleSwitch } from './use-rule-switch.tsx';

const firstLimit = 300;
const allRules = 10_000;

export function RulesPage() {
  const { row, view, ...filter }: RulesSearch = useSearch({ from: '/in/rules' });
  const navigate = useNavigate();
  const [limit, setLimit] = useState(firstLimit);
  const canManage = useCanManageRules();
  const switching = useRuleSwitch();
  const showCoverage = view === 'coverage';
  const rules = useQuery(
    orpc.rules.list.queryOptions({ input: toInput(filter, limit), placeholderData: (previous) => previous }),
  );
  const items = rules.data?.items ?? [];
  const go = (search: RulesSearch) => void navigate({ to: '/rules', search, replace: true });
  const select = (id: string) => go({ ...filter, row: id });
  useListKeys({
    ids: items.map(({ id }) => id),
    open: row,
    attribute: 'data-rule',
    select,
    leave: () => go(row === undefined && !showCoverage ? {} : filter),
  });
  const writeRule = () => void navigate({ to: '/new-rule' });
  const turnCoverage = () => go(showCoverage ? filter : { ...filter, view: 'coverage' });
  useCommands(1, { newRule: canManage ? writeRule : undefined, coverage: turnCoverage });
  useKeys(1, {
    Enter: () => row !== undefined && void navigate({ to: '/rules/$id', params: { id: row } }),
  });
  const total = rules.data?.total;
  return (
    <Page
      title="Rules"
      count={total}
      tools={
        <>
          <button
            type="button"
            className="btn"
            data-quiet
            aria-pressed={showCoverage}
            title={withKey('What can never fire here', 'coverage')}
            onClick={turnCoverage}
          >
            {showCoverage ? 'All rules' : 'Coverage'}
          </button>
          {showCoverage ? null : <Filters filter={filter} onFilter={go} />}
          {canManage ? (
            <button
              type="button"
              className="btn"
              data-primary
              title={withKey('New rule', 'newRule')}
              onClick={writeRule}
            >
              New rule
            </button>
          ) : null}
        </>
      }
    >
      {showCoverage ? <CoverageView /> : null}
      <div className={list.split} hidden={showCoverage}>
        <div className={list.scroll}>
          {filter.logsource === undefined ? null : (
            <p className={styles.only}>
              Only with the logsource <Value text={logsourceText(filter.logsource)} plain />
              <button type="button" className="link" onClick={() => go(clean({ ...filter, logsource: '' }))}>
                All logsources
              </button>
            </p>
          )}
          {rules.isPending ? <Bones rows={14} height={48} /> : null}
          {rules.isError && items.length === 0 ? (
            <Failure
              what="The rules could not be read."
              error={rules.error}
              stillTrue="Those that are on go on matching."
              onRetry={() => void rules.refetch()}
            />
          ) : null}
          {rules.isSuccess && items.length === 0 ? (
            <NoRules filtered={Object.keys(filter).length > 0} onAll={() => go({})} />
          ) : null}
          {items.length === 0 ? null : (
            <div role="grid" aria-label="Rules" aria-rowcount={total ?? items.length}>
              <Head />
              {items.map((rule) => (
                <RuleRow
                  key={rule.id}
                  rule={rule}
                  selected={rule.id === row}
                  current={rule.id === (row ?? items[0]?.id)}
                  canManage={canManage}
                  onSelect={select}
                  onSwitch={switching.set}
                />
              ))}
            </div>
          )}
          {total !== undefined && total > items.length ? (
            <p className={styles.more}>
              <button type="button" className="btn" onClick={() => setLimit(allRules)}>
                Show all {total.toLocaleString('en')}
              </button>
            </p>
          ) : null}
        </div>
        {row === undefined ? null : (
          <RuleDrawer id={row} canManage={canManage} onSwitch={switching.set} onLeave={() => go(filter)} />
        )}
      </div>
      {switching.offer}
    </Page>
  );
}

function Filters({
  filter,
  onFilter,
}: {
  readonly filter: RulesSearch;
  readonly onFilter: (filter: RulesSearch) => void;
}) {
  return (
    <>
      <select
        className={`field ${styles.state}`}
        aria-label="State"
        value={filter.state ?? ''}
        onChange={(event) => onFilter(clean({ ...filter, state: event.target.value }))}
      >
        <option value="">Every state</option>
        <option value="active">Alert or observe</option>
        {ruleStates.map((state) => (
          <option key={state} value={state}>
            {ruleStateNames[state]}
          </option>
        ))}
      </select>
      <SearchBox
        label="Search title"
        value={filter.text ?? ''}
        onChange={(text) => onFilter(clean({ ...filter, text }))}
      />
    </>
  );
}

function logsourceText(logsource: string): string {
  return logsource
    .split('/')
    .filter((part) => part !== '')
    .join(' · ');
}

function toInput({ text, state, logsource }: RulesSearch, limit: number) {
  const known = ruleStates.find((name) => name === state);
  return {
    ...(text === undefined ? {} : { text }),
    ...(known === undefined ? {} : { state: known }),
    ...(state === 'active' ? { active: true } : {}),
    ...(logsource === undefined || logsource.split('/').length !== 3 ? {} : { logsource }),
    limit,
  };
}

function clean(search: RulesSearch): RulesSearch {
  return Object.fromEntries(Object.entries(search).filter(([, value]) => value !== ''));
}

function Head() {
  return (
    <div role="row" className={`${list.head} ${styles.columns} ${styles.head}`}>
      <div role="columnheader">
        <span className="unseen">Severity</span>
      </div>
      <div role="columnheader">Rule</div>
      <div role="columnheader">ATT&amp;CK</div>
      <div role="columnheader">Reads</div>
      <div role="columnheader">State</div>
    </div>
  );
}

function NoRules({ filtered, onAll }: { readonly filtered: boolean; readonly onAll: () => void }) {
  if (filtered) {
    return (
      <div className={states.state}>
        <p className={states.title}>No rule matches</p>
        <button type="button" className="link" onClick={onAll}>
          Show all rules
        </button>
      </div>
    );
  }
  return (
    <div className={states.steps}>
      <p className={states.title}>No rule yet</p>
      <p>Load Sigma rules from a file, a folder or an archive:</p>
      <Command text="./watchfloor rules load PATH" />
    </div>
  );
}
