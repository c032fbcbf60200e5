/** The one table of what can be done by key: menus, palette and help all read it. */

export interface Command {
  readonly group: string;
  readonly name: string;
  /** Bindings as `use-keys` hears them (`j`, `g q`, `Mod-k`); the first is shown. */
  readonly keys: readonly string[];
  /** Not in the palette: it means nothing without the key. */
  readonly keyOnly?: true;
  /** Only on these pages, where its key means nothing else. */
  readonly page?: 'rules';
}

export const commands = {
  next: { group: 'Move', name: 'Next row', keys: ['j', 'ArrowDown'], keyOnly: true },
  previous: { group: 'Move', name: 'Previous row', keys: ['k', 'ArrowUp'], keyOnly: true },
  first: { group: 'Move', name: 'First row', keys: ['g g', 'Home'] },
  last: { group: 'Move', name: 'Last loaded row', keys: ['G', 'End'] },
  expand: { group: 'Move', name: 'Show or hide the alerts of an incident', keys: ['o', 'ArrowRight'] },
  collapse: { group: 'Move', name: 'Hide the alerts of an incident', keys: ['ArrowLeft'], keyOnly: true },
  drawer: { group: 'Move', name: 'Open or close the drawer', keys: [' '] },
  open: { group: 'Move', name: 'Open the full page', keys: ['Enter'] },
  back: { group: 'Move', name: 'Back, close', keys: ['Escape'], keyOnly: true },
  showNew: { group: 'Move', name: 'Show what is new', keys: ['.'] },
  search: { group: 'Move', name: 'Search', keys: ['/'] },
  select: { group: 'Select', name: 'Select or leave out a row', keys: ['x'] },
  selectRange: { group: 'Select', name: 'Select on to the next row', keys: ['X'], keyOnly: true },
  selectAll: { group: 'Select', name: 'Select all that is shown', keys: ['*'] },
  assign: { group: 'Triage', name: 'Assign to me; again: unassign', keys: ['a'] },
  assignTo: { group: 'Triage', name: 'Assign to somebody', keys: ['A'] },
  acknowledge: { group: 'Triage', name: 'Acknowledge: seen, in triage', keys: ['v'] },
  escalate: { group: 'Triage', name: 'Escalate: make an incident, hand over', keys: ['e'] },
  wait: { group: 'Triage', name: 'Wait for something', keys: ['w'] },
  close: { group: 'Triage', name: 'Close with a verdict', keys: ['c'] },
  reopen: { group: 'Triage', name: 'Reopen', keys: ['r'] },
  note: { group: 'Triage', name: 'Write a note', keys: ['n'] },
  copy: { group: 'Triage', name: 'Copy as ticket text', keys: ['y'] },
  except: { group: 'Triage', name: 'Add an exception to the rule of an alert', keys: ['E'] },
  undo: { group: 'Triage', name: 'Undo the last change', keys: ['u'] },
  newAlert: { group: 'Make', name: 'New alert by hand', keys: ['+'] },
  newIncident: { group: 'Make', name: 'New incident by hand, of what is selected', keys: ['i'] },
  saveView: { group: 'Make', name: 'Save this view', keys: ['s'] },
  newRule: { group: 'Rules', name: 'New rule', keys: ['n'], page: 'rules' },
  coverage: { group: 'Rules', name: 'What can never fire here', keys: ['c'], page: 'rules' },
  editRule: { group: 'Rules', name: 'Edit the rule', keys: ['e'], page: 'rules' },
  saveRule: { group: 'Rules', name: 'Save the rule', keys: ['Mod-s'], page: 'rules' },
  tryRule: { group: 'Rules', name: 'Try the rule on events', keys: ['t'], page: 'rules' },
  evidence: { group: 'Rules', name: 'Evidence: what it must and must not match', keys: ['v'], page: 'rules' },
  versions: { group: 'Rules', name: 'Versions and history', keys: ['h'], page: 'rules' },
  backtest: { group: 'Rules', name: 'Backtest over stored events', keys: ['b'], page: 'rules' },
  switchRule: { group: 'Rules', name: 'Turn the rule off, or to alert', keys: ['o'], page: 'rules' },
  notices: { group: 'Console', name: 'Desktop notices for critical ones: on or off', keys: [] },
  theme: { group: 'Console', name: 'Switch between dark and light', keys: [] },
  goQueue: { group: 'Go', name: 'Go to the queue', keys: ['g q'] },
  goEvents: { group: 'Go', name: 'Go to events', keys: ['g e'] },
  goRules: { group: 'Go', name: 'Go to rules', keys: ['g r'] },
  goSources: { group: 'Go', name: 'Go to sources', keys: ['g s'] },
  palette: { group: 'Go', name: 'Search commands, alerts and incidents', keys: ['Mod-k'] },
  help: { group: 'Go', name: 'All keys', keys: ['?'] },
} as const satisfies Readonly<Record<string, Command>>;

export type CommandId = keyof typeof commands;

export const commandIds = Object.keys(commands) as readonly CommandId[];

const capNames: Readonly<Record<string, string>> = {
  ' ': 'Space',
  Escape: 'Esc',
  ArrowDown: '↓',
  ArrowUp: '↑',
  ArrowLeft: '←',
  ArrowRight: '→',
};

/** The caps to press, one after the other: `['g', 'q']`, `['Ctrl K']`; empty where it has no key. */
export function capsOf(id: CommandId): readonly string[] {
  const binding: string | undefined = commands[id].keys[0];
  return binding === undefined ? [] : caps(binding);
}

function caps(binding: string): readonly string[] {
  if (binding === ' ') return ['Space'];
  if (binding.startsWith('Mod-')) return [`Ctrl ${binding.slice(4).toUpperCase()}`];
  return binding.split(' ').map((cap) => capNames[cap] ?? cap);
}

/** For titles and labels: `Assign to me (a)`. */
export function withKey(name: string, id: CommandId): string {
  const shown = capsOf(id);
  return shown.length === 0 ? name : `${name} (${shown.join(' ')})`;
}

/** Keys of one page alone, and the second keys of what was begun: for the help. */
export const pageKeys: readonly {
  readonly group: string;
  readonly keys: readonly { readonly caps: readonly string[]; readonly what: string }[];
}[] = [
  {
    group: 'Closing',
    keys: [
      { caps: ['c', 't'], what: 'Close as true positive' },
      { caps: ['c', 'b'], what: 'Close as benign' },
      { caps: ['c', 'f'], what: 'Close as false positive' },
      { caps: ['c', 'i'], what: 'Close as inconclusive' },
      { caps: ['1', '…', '9'], what: 'then a reason from the list' },
      { caps: ['Enter'], what: 'or none; the next row is there' },
      { caps: ['c', 'l'], what: 'Also close those like it' },
      {
        caps: ['E', '…', 'Enter', 'b'],
        what: 'Add an exception, then close as benign; f: as false positive',
      },
    ],
  },
  {
    group: 'In the editor of a rule',
    keys: [
      { caps: ['Ctrl Space'], what: 'Words that can stand here' },
      { caps: ['F8'], what: 'Next thing that is wrong' },
      { caps: ['Ctrl F'], what: 'Find in the text' },
      { caps: ['Esc', 'Tab'], what: 'Leave the editor; Tab alone indents' },
    ],
  },
  {
    group: 'Events',
    keys: [
      { caps: ['x'], what: 'Mark the event, to copy its record' },
      { caps: ['1', '2', '3'], what: 'Native, OCSF, raw' },
      { caps: ['f'], what: 'List of fields' },
      { caps: ['t'], what: 'Time range' },
      { caps: ['r'], what: 'Search again' },
    ],
  },
];
