/** The search language on one page. */
import { Dialog } from '../../app/dialog.tsx';
import styles from './query.module.css';

const lines: readonly (readonly [query: string, means: string])[] = [
  ['host: web-1', 'The field is equal to the value; letters in either case'],
  [
    'process: *\\\\powershell.exe',
    'Wildcards, where * is any text. A backslash before * or \\ is written twice',
  ],
  ['command_line: "net user"', 'Quotes hold blanks and signs; * is a star there'],
  ['user: *', 'The field has a value; not user: * has none'],
  ['mimikatz or "sekurlsa::"', 'Text anywhere in the record'],
  ['dst_port >= 1024', 'Numbers compare with > >= < <=, also 0x1000'],
  ['src_ip: 10.0.0.0/8', 'Addresses in a network'],
  ['event_code in (4624, 4625)', 'One of a list; the same as event_code: (4624 or 4625)'],
  ['a: 1 and not (b: 2 or c: 3)', 'not binds before and, and before or'],
  ['LogonType: 3', "The vendor's own field, as the event's Native view names it"],
  ['actor.user.name: ann', 'An OCSF attribute, as its OCSF view names it'],
  ['native.service: http', 'Says which view, where a column has the same name'],
];

export function QueryHelp({ opened, onClose }: { readonly opened: boolean; readonly onClose: () => void }) {
  return (
    <Dialog opened={opened} onClose={onClose} title="How to search" size={680}>
      <dl className={styles.help}>
        {lines.map(([query, means]) => (
          <div key={query}>
            <dt className="mono">{query}</dt>
            <dd>{means}</dd>
          </div>
        ))}
      </dl>
      <p className={`dim ${styles.helpNote}`}>
        The time range stands beside the query. Conditions on columns are counted by the store itself; others
        are confirmed event by event, which takes longer.
      </p>
    </Dialog>
  );
}
