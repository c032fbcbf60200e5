/** The keyboard: which key means what, and two-key sequences (`g` then `q`). */

export interface KeyPress {
  readonly key: string;
  readonly ctrlKey: boolean;
  readonly metaKey: boolean;
  readonly altKey: boolean;
}

/** Key or sequence (`j`, `Enter`, `g q`) → what to do. */
export type KeyMap = Readonly<Record<string, () => void>>;

export interface KeyState {
  /** First key of a sequence that waits for its second. */
  readonly pending: string | null;
}

export const idle: KeyState = { pending: null };

/** The state after a key, and the binding that it completes (null: none). */
export function pressKey(
  state: KeyState,
  press: KeyPress,
  bindings: readonly string[],
): { readonly state: KeyState; readonly binding: string | null } {
  if (press.ctrlKey || press.metaKey || press.altKey) return { state: idle, binding: null };
  const sequence = state.pending === null ? null : `${state.pending} ${press.key}`;
  if (sequence !== null) return { state: idle, binding: bindings.includes(sequence) ? sequence : null };
  if (bindings.some((binding) => binding.startsWith(`${press.key} `))) {
    return { state: { pending: press.key }, binding: null };
  }
  return { state: idle, binding: bindings.includes(press.key) ? press.key : null };
}

/** What the help overlay lists, by group. */
export const keyHelp: readonly {
  readonly group: string;
  readonly keys: readonly { readonly keys: readonly string[]; readonly what: string }[];
}[] = [
  {
    group: 'Move',
    keys: [
      { keys: ['j', 'k'], what: 'Next, previous row (arrows too)' },
      { keys: ['Enter'], what: 'Open the full page' },
      { keys: ['Esc'], what: 'Back, close' },
      { keys: ['.'], what: 'Show what is new' },
      { keys: ['/'], what: 'Search' },
    ],
  },
  {
    group: 'Triage',
    keys: [
      { keys: ['a'], what: 'Assign to me; again: unassign' },
      { keys: ['n'], what: 'Write a note' },
      { keys: ['c', 't'], what: 'Close as true positive' },
      { keys: ['c', 'b'], what: 'Close as benign' },
      { keys: ['c', 'f'], what: 'Close as false positive' },
      { keys: ['c', 'i'], what: 'Close as inconclusive' },
      { keys: ['u'], what: 'Undo the last close or assign' },
    ],
  },
  {
    group: 'Events',
    keys: [
      { keys: ['x'], what: 'Mark the event, to copy its record' },
      { keys: ['1', '2', '3'], what: 'Native, OCSF, raw' },
      { keys: ['f'], what: 'List of fields' },
      { keys: ['t'], what: 'Time range' },
      { keys: ['r'], what: 'Search again' },
    ],
  },
  {
    group: 'Go',
    keys: [
      { keys: ['g', 'q'], what: 'Queue' },
      { keys: ['g', 'e'], what: 'Events' },
      { keys: ['g', 'r'], what: 'Rules' },
      { keys: ['g', 's'], what: 'Sources' },
      { keys: ['?'], what: 'This list' },
    ],
  },
];
