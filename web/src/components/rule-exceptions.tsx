/** Exceptions of a rule: what it does not alert on, why, who said so, until when, and how often that was so. */
import { useQuery } from '@tanstack/react-query';
import { useCanManageRules } from '../app/session.tsx';
import { client, orpc, queryClient } from '../lib/api.ts';
import { explain } from '../lib/errors.ts';
import { exact } from '../lib/time.ts';
import { showToast } from '../lib/toasts.ts';
import type { RuleException } from '../lib/types.ts';
import styles from './context.module.css';
import { Value } from './value.tsx';

export function RuleExceptions({ id }: { readonly id: string }) {
  const canManage = useCanManageRules();
  const activity = useQuery(orpc.rules.activity.queryOptions({ input: { id } }));
  const exceptions = activity.data?.exceptions ?? [];
  return (
    <section className="section">
      <h2>Exceptions</h2>
      {activity.isError ? <p className="dim">They could not be read. {explain(activity.error)}</p> : null}
      {activity.isSuccess && exceptions.length === 0 ? (
        <p className="dim">None. One is begun from an alert of the rule.</p>
      ) : null}
      <ul className={styles.entities}>
        {exceptions.map((exception) => (
          <li key={exception.id} className={styles.entity}>
            {Object.entries(exception.fields).map(([field, value]) => (
              <p key={field} className="mono">
                <Value text={field} /> = <Value text={textOf(value)} limit={200} />
              </p>
            ))}
            <p>
              <Value text={exception.reason} plain />
            </p>
            <p>
              <Value text={exception.ownerName} plain />, {exact(exception.createdAt).slice(0, 10)},{' '}
              {exception.expiresAt === null ? 'without an end' : endText(exception.expiresAt)} · left out{' '}
              {exception.excepted.toLocaleString('en')}
              {canManage ? (
                <>
                  {' · '}
                  <button type="button" className="link" onClick={() => void remove(exception)}>
                    Remove
                  </button>
                </>
              ) : null}
            </p>
          </li>
        ))}
      </ul>
    </section>
  );
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}

function endText(at: string): string {
  return `${Date.parse(at) <= Date.now() ? 'over since' : 'until'} ${exact(at).slice(0, 16)}`;
}

async function remove({ id, ruleId, fields, reason, expiresAt }: RuleException): Promise<void> {
  try {
    await client.rules.removeException({ id: ruleId, exception: id });
    showToast('Removed the exception', {
      undo: () => void addAgain({ id: ruleId, fields, reason, expiresAt }),
    });
  } catch (error) {
    showToast(`The exception could not be removed; it holds. ${explain(error)}`, { failed: true });
  }
  await queryClient.invalidateQueries({ queryKey: orpc.rules.key() });
}

async function addAgain(exception: Parameters<typeof client.rules.addException>[0]): Promise<void> {
  try {
    await client.rules.addException(exception);
    showToast('Added the exception again');
  } catch (error) {
    showToast(`The exception could not be added again. ${explain(error)}`, { failed: true });
  }
  await queryClient.invalidateQueries({ queryKey: orpc.rules.key() });
}
