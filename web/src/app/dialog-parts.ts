/** What stands in the dialogs that every page has, and their window. */
export { Sides } from './conflict-sides.tsx';
export { DialogBox } from './dialog-box.tsx';
export { KeyTable } from './key-table.tsx';
export { Finder } from './palette-finder.tsx';
