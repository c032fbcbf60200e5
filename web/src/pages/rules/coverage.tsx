/** Rules that can never match here because nothing of their logsource comes in, and what comes in without any rule. */
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { Bones, Failure } from '../../components/failure.tsx';
import { Value } from '../../components/value.tsx';
import { orpc } from '../../lib/api.ts';
import styles from './coverage.module.css';

type Coverage = Awaited<ReturnType<typeof orpc.rules.coverage.call>>;

export function CoverageView() {
  const coverage = useQuery(orpc.rules.coverage.queryOptions());
  if (coverage.isPending) return <Bones rows={12} height={34} />;
  if (coverage.isError)
    return (
      <Failure
        what="What comes in could not be counted."
        error={coverage.error}
        stillTrue="The rules that are on go on matching."
        onRetry={() => void coverage.refetch()}
      />
    );
  const { fromDay, neverFire, withoutRules } = coverage.data;
  return (
    <div className={styles.coverage} tabIndex={0} role="region" aria-label="Coverage">
      <p className="dim">
        {fromDay === null
          ? 'Nothing was received yet, so nothing can be said: import a file or let a source send.'
          : `Rules that alert or observe, against everything received since ${fromDay}.`}
      </p>
      <div className={styles.sides}>
        <NeverFire rows={neverFire} known={fromDay !== null} />
        <WithoutRules rows={withoutRules} />
      </div>
    </div>
  );
}

function NeverFire({ rows, known }: { readonly rows: Coverage['neverFire']; readonly known: boolean }) {
  const rules = rows.reduce((sum, one) => sum + one.rules, 0);
  return (
    <section>
      <h2>
        Can never fire here{' '}
        <span className="num">
          {rules.toLocaleString('en')} {rules === 1 ? 'rule' : 'rules'}
        </span>
      </h2>
      {rows.length === 0 ? (
        <p className="dim">{known ? 'Every rule that is on has had events to look at.' : 'Not known yet.'}</p>
      ) : (
        <table>
          <thead>
            <tr>
              <th scope="col">Logsource that never came in</th>
              <th scope="col">Rules</th>
            </tr>
          </thead>
          <tbody>
            {rows.map(({ logsource, rules: number, examples }) => {
              const { product = '', service = '', category = '' } = logsource;
              const key = [product, service, category].join('/');
              return (
                <tr key={key}>
                  <td>
                    <Value
                      text={[product, service, category].filter((part) => part !== '').join(' · ')}
                      plain
                    />
                    <span className="dim cut">
                      <Value text={examples.map(({ title }) => title).join('; ')} plain />
                    </span>
                  </td>
                  <td className="num">
                    <Link to="/rules" search={{ logsource: key, state: 'active' }}>
                      {number.toLocaleString('en')}
                    </Link>
                  </td>
                </tr>
              );
            })}
          </tbody>
        </table>
      )}
    </section>
  );
}

function WithoutRules({ rows }: { readonly rows: Coverage['withoutRules'] }) {
  return (
    <section>
      <h2>
        No rule looks at it <span className="num">{rows.length.toLocaleString('en')}</span>
      </h2>
      {rows.length === 0 ? (
        <p className="dim">Whatever came in, a rule looks at it.</p>
      ) : (
        <table>
          <thead>
            <tr>
              <th scope="col">Logsource that came in</th>
              <th scope="col">Last day</th>
              <th scope="col">Events</th>
            </tr>
          </thead>
          <tbody>
            {rows.map(({ product, services, categories, events, lastDay, query }) => (
              <tr key={[product, ...services, '/', ...categories].join(' ')}>
                <td>
                  <Value
                    text={
                      [product, ...services, ...categories].filter((part) => part !== '').join(' · ') ||
                      'none named'
                    }
                    plain
                  />
                </td>
                <td className="num">{lastDay}</td>
                <td className="num">
                  <Link to="/events" search={{ q: query }}>
                    {events.toLocaleString('en')}
                  </Link>
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
    </section>
  );
}
