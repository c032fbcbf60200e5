/** The one menu that is open: whoever wants one says where and what, the shell shows it. */

export interface MenuItem {
  readonly label: string;
  /** What it leads to, in fewer words than the label needs: a count, a value. */
  readonly hint?: string;
  /** Caps that do the same without the menu. */
  readonly caps?: readonly string[];
  /** A line above it. */
  readonly apart?: boolean;
  /** On or off; absent where it is neither. */
  readonly checked?: boolean;
  readonly act: () => void;
}

export interface OpenMenu {
  readonly anchor: HTMLElement;
  readonly label: string;
  readonly items: readonly MenuItem[];
}

const watchers = new Set<() => void>();
let open: OpenMenu | null = null;

export function watchMenu(watcher: () => void): () => void {
  watchers.add(watcher);
  return () => watchers.delete(watcher);
}

export function currentMenu(): OpenMenu | null {
  return open;
}

/** Opens it below the anchor; the same anchor again closes it. */
export function showMenu(anchor: HTMLElement, label: string, items: readonly MenuItem[]): void {
  set(open?.anchor === anchor ? null : { anchor, label, items });
}

export function closeMenu(): void {
  set(null);
}

function set(next: OpenMenu | null): void {
  open = next;
  for (const watcher of watchers) watcher();
}
