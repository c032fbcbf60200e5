/** One part of the drawer. */
import type { ReactNode } from 'react';
import styles from './drawer.module.css';

interface Props {
  readonly name: string;
  readonly more?: ReactNode;
  readonly children: ReactNode;
}

export function Section({ name, more, children }: Props) {
  return (
    <section className="section">
      <h2 className={styles.sectionHead}>
        <span>{name}</span>
        {more}
      </h2>
      {children}
    </section>
  );
}
