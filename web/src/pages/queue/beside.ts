/** What the queue shows only when it is asked for: the drawer and what can be done with a selection. */
export { BulkBar } from './bulk-bar.tsx';
export { Drawer } from './drawer.tsx';
