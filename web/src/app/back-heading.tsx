/** The head of a page about one thing: the way back, its key, its title. */
import { IconArrowLeft } from '@tabler/icons-react';
import { IconButton } from '../components/icon-button.tsx';
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
      <IconButton name={withKey('Back', 'back')} onClick={onBack}>
        <IconArrowLeft size={17} aria-hidden />
      </IconButton>
      <span className={`mono ${styles.key}`}>{itemKey}</span>
      <span className="cut">{title === undefined ? null : <Value text={title} plain />}</span>
    </>
  );
}
