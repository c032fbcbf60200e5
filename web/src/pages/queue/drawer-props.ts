/** What the drawer of an alert and that of an incident are given. */
import type { RefObject } from 'react';
import type { Subject, Target } from '../../lib/subject.ts';

export interface DrawerProps {
  readonly itemKey: string;
  /** As the row has it, which is there before the details are. */
  readonly subject: Subject | undefined;
  readonly note: RefObject<HTMLTextAreaElement | null>;
  readonly armed: boolean;
  readonly onArm: (armed: boolean) => void;
  readonly onClosed: (closed: readonly Target[]) => void;
  readonly onPeek: (key: string) => void;
}
