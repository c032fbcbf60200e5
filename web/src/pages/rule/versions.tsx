/** The texts that a rule had: who wrote them and why; any two compared, any of them restored. */
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { Bones, Failure } from '../../components/failure.tsx';
import { Value } from '../../components/value.tsx';
import { When } from '../../components/when.tsx';
import { client, orpc } from '../../lib/api.ts';
import { explain } from '../../lib/errors.ts';
import type { RuleSearch } from '../../lib/searches.ts';
import { showToast } from '../../lib/toasts.ts';
import type { RuleDocument, RuleVersion } from '../../lib/types.ts';
import { Diff } from './diff.tsx';
import styles from './panels.module.css';

interface Props {
  readonly rule: RuleDocument;
  readonly search: RuleSearch;
  readonly look: (change: RuleSearch) => void;
  readonly canManage: boolean;
}

export function Versions({ rule, search, look, canManage }: Props) {
  const input = { id: rule.id };
  const versions = useQuery({
    ...orpc.rules.versions.queryOptions({ input, placeholderData: (previous) => previous }),
    queryKey: [...orpc.rules.versions.queryKey({ input }), rule.hash],
  });
  if (versions.isPending) return <Bones rows={4} height={44} />;
  if (versions.isError)
    return (
      <Failure
        what="The versions could not be read."
        error={versions.error}
        stillTrue="The rule is as it was."
        onRetry={() => void versions.refetch()}
      />
    );
  const { items } = versions.data;
  const numberOf = (text: string | undefined, preset: number | undefined) =>
    items.find((one) => String(one.number) === text)?.number ?? preset;
  const to = numberOf(search.to, items[0]?.number);
  const from = numberOf(search.from, items[1]?.number ?? items[0]?.number);
  return (
    <>
      <ol className={styles.versions}>
        {items.map((one) => (
          <Line
            key={one.number}
            rule={rule}
            version={one}
            from={one.number === from}
            to={one.number === to}
            look={look}
            canManage={canManage}
          />
        ))}
      </ol>
      {from === undefined || to === undefined ? null : (
        <section className="section" aria-label="Difference">
          <h2>{from === to ? 'Nothing to compare' : `What changed from version ${from} to version ${to}`}</h2>
          {from === to ? (
            <p className="dim">
              {items.length === 1
                ? 'It has one version so far.'
                : 'Choose two versions above, one as “from” and one as “to”.'}
            </p>
          ) : (
            <Compared id={rule.id} from={from} to={to} />
          )}
        </section>
      )}
    </>
  );
}

interface LineProps {
  readonly rule: RuleDocument;
  readonly version: RuleVersion;
  readonly from: boolean;
  readonly to: boolean;
  readonly look: Props['look'];
  readonly canManage: boolean;
}

function Line({ rule, version, from, to, look, canManage }: LineProps) {
  const { number, actor, at, message, hash } = version;
  const current = hash === rule.hash;
  return (
    <li>
      <label>
        <input type="radio" name="from" checked={from} onChange={() => look({ from: String(number) })} />
        <span className="unseen">Version {number} as </span>from
      </label>
      <label>
        <input type="radio" name="to" checked={to} onChange={() => look({ to: String(number) })} />
        <span className="unseen">Version {number} as </span>to
      </label>
      <span>
        <b className="num">{number}</b>{' '}
        <Value text={message === '' ? 'no reason given' : message} plain limit={200} />
        <span className="dim">
          {' '}
          <Value text={actor.name} plain />, <When at={at} /> ago
        </span>
      </span>
      {current ? (
        <span className="dim">now</span>
      ) : canManage ? (
        <Restore rule={rule} version={version} />
      ) : null}
    </li>
  );
}

function Restore({ rule, version }: { readonly rule: RuleDocument; readonly version: RuleVersion }) {
  const queries = useQueryClient();
  const { number } = version;
  const restore = async () => {
    try {
      const { source } = await client.rules.version({ id: rule.id, number });
      const message = `Restored version ${number}`;
      const restored = await client.rules.edit({ id: rule.id, version: rule.version, source, message });
      showToast(`${message}: ${rule.title}`, {
        undo: () => void undo(restored.version),
      });
    } catch (error) {
      showToast(`Version ${number} was not restored. ${explain(error)}`, { failed: true });
    }
    await queries.invalidateQueries({ queryKey: orpc.rules.key() });
  };
  const undo = async (at: number) => {
    try {
      await client.rules.edit({
        id: rule.id,
        version: at,
        source: rule.source,
        message: `Not version ${number} after all`,
      });
    } catch (error) {
      showToast(`It stays restored. ${explain(error)}`, { failed: true });
    }
    await queries.invalidateQueries({ queryKey: orpc.rules.key() });
  };
  return (
    <button
      type="button"
      className="btn"
      aria-label={`Restore version ${number}`}
      onClick={() => void restore()}
    >
      Restore
    </button>
  );
}

function Compared({ id, from, to }: { readonly id: string; readonly from: number; readonly to: number }) {
  const before = useQuery(orpc.rules.version.queryOptions({ input: { id, number: from } }));
  const after = useQuery(orpc.rules.version.queryOptions({ input: { id, number: to } }));
  const failed = before.error ?? after.error;
  if (failed !== null) return <p className="dim">A version could not be read. {explain(failed)}</p>;
  if (before.data === undefined || after.data === undefined) return <Bones rows={6} height={22} />;
  return (
    <Diff
      before={before.data.source}
      after={after.data.source}
      beforeName={`version ${from}`}
      afterName={`version ${to}`}
    />
  );
}
