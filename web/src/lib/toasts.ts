/** Short notes at the edge of the page: what was done, and the way back. */

export interface Toast {
  readonly id: number;
  readonly text: string;
  readonly failed: boolean;
  readonly undo: (() => void) | null;
}

const shownForMs = 9_000;
const watchers = new Set<() => void>();
let toasts: readonly Toast[] = [];
let lastId = 0;

export function watchToasts(watcher: () => void): () => void {
  watchers.add(watcher);
  return () => watchers.delete(watcher);
}

export function currentToasts(): readonly Toast[] {
  return toasts;
}

/** A failure stays until it is put away; what went well leaves by itself. */
export function showToast(text: string, options?: { failed?: boolean; undo?: () => void }): void {
  lastId += 1;
  const toast = { id: lastId, text, failed: options?.failed ?? false, undo: options?.undo ?? null };
  set([...toasts.slice(-2), toast]);
  if (!toast.failed) setTimeout(() => dropToast(toast.id), shownForMs);
}

export function dropToast(id: number): void {
  set(toasts.filter((toast) => toast.id !== id));
}

/** Takes back the newest act that can be taken back. */
export function undoLast(): void {
  const toast = toasts.findLast((candidate) => candidate.undo !== null);
  if (toast === undefined) return;
  dropToast(toast.id);
  toast.undo?.();
}

function set(next: readonly Toast[]): void {
  toasts = next;
  for (const watcher of watchers) watcher();
}
