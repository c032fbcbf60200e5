/** The head of a page about one thing: the way back, its key, its title. */
import { IconArrowLeft } from '@tabler/icons-react';
import { Value } from '../components/value.tsx';
import { withKey } from '../lib/commands.ts';
import styles from './page.module.css';

interface Props {
  readonly itemKey: string;
  readonly title: string | undefined;
  readonly onBack: () => void;
}

export function BackHeading({ itemKey, title, onBack }: Props) {
  return (
    <>
      <button
        type="button"
        className="btn"
        data-quiet
        data-icon
        aria-label={withKey('Back', 'back')}
        title={withKey('Back', 'back')}
        onClick={onBack}
      >
        <IconArrowLeft size={17} aria-hidden />
      </button>
      <span className={`mono ${styles.key}`}>{itemKey}</span>
      <span className="cut">{title === undefined ? null : <Value text={title} plain />}</span>
    </>
  );
}
