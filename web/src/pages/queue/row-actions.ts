/** What a line can do; one object for all lines, so that moving the cursor draws only two of them again. */
import type { MouseEvent } from 'react';
import type { Subject } from '../../lib/subject.ts';

export interface RowActions {
  readonly click: (key: string, event: MouseEvent) => void;
  readonly openPage: (key: string) => void;
  readonly mark: (key: string, range: boolean) => void;
  readonly fold: (key: string) => void;
  readonly acknowledge: (subject: Subject) => void;
  readonly escalate: (subject: Subject) => void;
}
