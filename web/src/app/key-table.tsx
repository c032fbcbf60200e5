/** The keys, by what they are for. */
import { capsOf, commandIds, commands, pageKeys } from '../lib/commands.ts';
import styles from './dialog.module.css';

export function KeyTable() {
  return (
    <div className={styles.groups}>
      {Object.entries(byGroup()).map(([group, ids]) => (
        <section key={group}>
          <h3>{group}</h3>
          <dl className={styles.keys}>
            {ids.map((id) => (
              <KeyLine key={id} caps={capsOf(id)} what={commands[id].name} />
            ))}
          </dl>
        </section>
      ))}
      {pageKeys.map(({ group, keys }) => (
        <section key={group}>
          <h3>{group}</h3>
          <dl className={styles.keys}>
            {keys.map(({ caps, what }) => (
              <KeyLine key={what} caps={caps} what={what} />
            ))}
          </dl>
        </section>
      ))}
    </div>
  );
}

/** Those with a key; the rest are in the palette. */
function byGroup() {
  return Object.groupBy(
    commandIds.filter((id) => capsOf(id).length > 0),
    (id) => commands[id].group,
  ) as Readonly<Record<string, typeof commandIds>>;
}

function KeyLine({ caps, what }: { readonly caps: readonly string[]; readonly what: string }) {
  return (
    <>
      <dt>
        {caps.map((cap) => (
          <kbd key={cap}>{cap}</kbd>
        ))}
      </dt>
      <dd>{what}</dd>
    </>
  );
}
