/** The loaded rules: what they look for, whether they are on, and what they raised. */
import { useQuery } from '@tanstack/react-query';
import { useNavigate, useSearch } from '@tanstack/react-router';
import { useEffect, useState } from 'react';
import { Page } from '../../app/page.tsx';
import { SearchBox } from '../../app/search-box.tsx';
import { useCanManageRules } from '../../app/session.tsx';
import { useKeys } from '../../app/use-keys.ts';
import { Command } from '../../components/command.tsx';
import { Bones, Failure } from '../../components/failure.tsx';
import states from '../../components/states.module.css';
import { orpc } from '../../lib/api.ts';
import type { RulesSearch } from '../../lib/searches.ts';
import type { RuleSummary } from '../../lib/types.ts';
import { RuleDrawer } from './rule-drawer.tsx';
import { RuleRow } from './rule-row.tsx';
import styles from './rules.module.css';
import { ruleStateNames, ruleStates, useRuleState } from './use-rule-state.ts';

const firstLimit = 300;
const allRules = 10_000;

export function RulesPage() {
  const { row, ...filter }: RulesSearch = useSearch({ from: '/in/rules' });
  const navigate = useNavigate();
  const [limit, setLimit] = useState(firstLimit);
  const canManage = useCanManageRules();
  const setState = useRuleState();
  const rules = useQuery(
    orpc.rules.list.queryOptions({ input: toInput(filter, limit), placeholderData: (previous) => previous }),
  );
  const items = rules.data?.items ?? [];
  const go = (search: RulesSearch) => void navigate({ to: '/rules', search, replace: true });
  const select = (id: string) => go({ ...filter, row: id });
  useRuleKeys(items, row, select, () => go(filter));
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
          <select
            className={`field ${styles.state}`}
            aria-label="State"
            value={filter.state ?? ''}
            onChange={(event) => go(clean({ ...filter, state: event.target.value }))}
          >
            <option value="">Every state</option>
            {ruleStates.map((state) => (
              <option key={state} value={state}>
                {ruleStateNames[state]}
              </option>
            ))}
          </select>
          <SearchBox
            label="Search title"
            value={filter.text ?? ''}
            onChange={(text) => go(clean({ ...filter, text }))}
          />
        </>
      }
    >
      <div className={styles.rules}>
        <div className={styles.scroll}>
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
                  onSwitch={setState}
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
          <RuleDrawer id={row} canManage={canManage} onSwitch={setState} onLeave={() => go(filter)} />
        )}
      </div>
    </Page>
  );
}

function toInput({ text, state }: RulesSearch, limit: number) {
  const known = ruleStates.find((name) => name === state);
  return {
    ...(text === undefined ? {} : { text }),
    ...(known === undefined ? {} : { state: known }),
    limit,
  };
}

function clean(search: RulesSearch): RulesSearch {
  return Object.fromEntries(Object.entries(search).filter(([, value]) => value !== ''));
}

function useRuleKeys(
  items: readonly RuleSummary[],
  row: string | undefined,
  select: (id: string) => void,
  leave: () => void,
): void {
  const step = (by: 1 | -1) => () => {
    const at = items.findIndex((rule) => rule.id === row);
    const next = items[at === -1 ? 0 : Math.min(Math.max(at + by, 0), items.length - 1)];
    if (next !== undefined) select(next.id);
  };
  useKeys(1, { j: step(1), k: step(-1), ArrowDown: step(1), ArrowUp: step(-1), Escape: leave });
  useEffect(() => {
    if (row === undefined) return;
    const element = document.querySelector<HTMLElement>(`[data-rule="${CSS.escape(row)}"]`);
    element?.scrollIntoView({ block: 'nearest' });
    if (document.activeElement === document.body || document.activeElement?.closest('[data-rule]') !== null) {
      element?.focus({ preventScroll: true });
    }
  }, [row]);
}

function Head() {
  return (
    <div role="row" className={styles.head}>
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
