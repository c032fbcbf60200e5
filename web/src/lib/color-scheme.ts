/** Light or dark: as the system has it, until a person says otherwise in this browser. */

export type ColorScheme = 'light' | 'dark';

/** Mantine's name for it, under which earlier versions kept it. */
const storageKey = 'mantine-color-scheme-value';
const watchers = new Set<() => void>();
const system = window.matchMedia('(prefers-color-scheme: dark)');

export function watchColorScheme(watcher: () => void): () => void {
  watchers.add(watcher);
  return () => watchers.delete(watcher);
}

export function colorScheme(): ColorScheme {
  const kept = localStorage.getItem(storageKey);
  if (kept === 'light' || kept === 'dark') return kept;
  return system.matches ? 'dark' : 'light';
}

export function setColorScheme(next: ColorScheme): void {
  localStorage.setItem(storageKey, next);
  show();
}

/** Before anything is drawn; follows the system, and what is chosen in another tab. */
export function startColorScheme(): void {
  show();
  system.addEventListener('change', show);
  window.addEventListener('storage', show);
}

/** The attribute that the tokens of both themes, and Mantine's, go by. */
function show(): void {
  document.documentElement.dataset['mantineColorScheme'] = colorScheme();
  for (const watcher of watchers) watcher();
}
