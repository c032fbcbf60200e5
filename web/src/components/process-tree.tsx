/** The processes around the one that the alert is about. */
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { orpc } from '../lib/api.ts';
import { usePassing } from '../lib/passing.ts';
import { exact } from '../lib/time.ts';
import { aroundFocus, type TreeLine, treeLines } from '../lib/tree.ts';
import styles from './context.module.css';
import { Bones, Failure } from './failure.tsx';
import { Value } from './value.tsx';

/** Pixels for each generation. */
const indent = 13;
const inDrawer = 10;

export function useProcessTree(id: string) {
  return useQuery(orpc.alerts.processTree.queryOptions({ input: { id }, enabled: !usePassing() }));
}

/** `whole`: all that is known, with full command lines; else the direct line, as a drawer holds it. */
export function ProcessTree({ id, whole }: { readonly id: string; readonly whole: boolean }) {
  const tree = useProcessTree(id);
  if (tree.isPending) return <Bones rows={3} height={22} />;
  if (tree.isError) {
    return (
      <Failure
        what="The process tree could not be read."
        error={tree.error}
        stillTrue="The alert and its evidence are as they were."
        onRetry={() => void tree.refetch()}
      />
    );
  }
  const all = treeLines(tree.data.nodes);
  const lines = whole ? all : aroundFocus(all, inDrawer);
  if (lines.length === 0) return <p className="dim">The evidence names no process.</p>;
  return (
    <>
      <ol className={styles.tree}>
        {lines.map((line) => (
          <Node key={line.node.id} line={line} whole={whole} />
        ))}
      </ol>
      {lines.length < all.length ? (
        <p className={styles.limits}>{all.length - lines.length} more around it on the full page.</p>
      ) : null}
      {tree.data.notes.map((note) => (
        <p key={note} className={styles.limits}>
          <Value text={note} plain />
        </p>
      ))}
    </>
  );
}

function Node({ line, whole }: { readonly line: TreeLine; readonly whole: boolean }) {
  const { node, depth } = line;
  const name = node.image.split(/[\\/]/).at(-1) ?? node.image;
  return (
    <li className={styles.node} data-focus={node.focus || undefined}>
      <span
        className={whole ? 'mono' : 'mono cut'}
        style={{ paddingLeft: depth * indent }}
        title={whole ? undefined : `pid ${node.pid} ${node.user}`}
      >
        {depth === 0 ? null : <i className={styles.corner} aria-hidden />}
        <b>
          <Value text={name === '' ? `process ${node.pid}` : name} />
        </b>{' '}
        <Value
          text={argumentsOf(node.commandLine)}
          {...(whole ? { limit: 600, copy: true } : { limit: 160 })}
        />
        {whole ? (
          <span className="dim">
            {' '}
            pid <Value text={node.pid} /> <Value text={node.user} />
          </span>
        ) : null}
      </span>
      <span className="num dim">
        {node.at === null ? 'earlier' : <Clock at={node.at} eventId={node.eventId} />}
      </span>
    </li>
  );
}

function Clock({ at, eventId }: { readonly at: string; readonly eventId: string | null }) {
  const clock = exact(at).slice(11, 19);
  return (
    <time dateTime={at} title={exact(at)}>
      {eventId === null ? (
        clock
      ) : (
        <Link to="/events" search={{ row: eventId }}>
          {clock}
        </Link>
      )}
    </time>
  );
}

/** The command line without its program, which stands before it. */
function argumentsOf(commandLine: string): string {
  const program = /^\s*(?:"[^"]*"|\S+)\s*/.exec(commandLine)?.[0] ?? '';
  return commandLine.slice(program.length);
}
