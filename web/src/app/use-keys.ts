/** Keyboard bindings of what is on the page: the upper layer wins, and never while somebody types. */
import { useEffect, useRef } from 'react';
import { type CommandId, commandIds, commands } from '../lib/commands.ts';
import { idle, type KeyMap, type KeyState, pressKey } from '../lib/keys.ts';

/** Shell below, then the page, then a prompt or dialog over it. */
export type KeyLevel = 0 | 1 | 2 | 3;

export type CommandMap = { readonly [N in CommandId]?: (() => void) | undefined };

interface Layer {
  readonly level: KeyLevel;
  /** Nothing below hears a key. */
  readonly exclusive: boolean;
  readonly map: { readonly current: KeyMap };
  readonly commands?: { readonly current: CommandMap };
}

const layers = new Set<Layer>();
let state: KeyState = idle;

interface Options {
  readonly on?: boolean;
  readonly exclusive?: boolean;
}

export function useKeys(level: KeyLevel, map: KeyMap, options?: Options): void {
  const current = useRef(map);
  useEffect(() => {
    current.current = map;
  });
  useLayer(level, current, options);
}

/** Commands of what is on the page: heard by their keys, and offered by the palette while they are here. */
export function useCommands(level: KeyLevel, map: CommandMap, options?: Options): void {
  const keys = useRef<KeyMap>({});
  const current = useRef(map);
  useEffect(() => {
    current.current = map;
    keys.current = Object.fromEntries(
      commandIds.flatMap((id) => {
        const act = map[id];
        return act === undefined ? [] : commands[id].keys.map((key) => [key, act]);
      }),
    );
  });
  useLayer(level, keys, options, current);
}

function useLayer(
  level: KeyLevel,
  map: { readonly current: KeyMap },
  options: Options | undefined,
  commandMap?: { readonly current: CommandMap },
): void {
  const on = options?.on ?? true;
  const exclusive = options?.exclusive ?? false;
  useEffect(() => {
    if (!on) return undefined;
    const layer: Layer = {
      level,
      exclusive,
      map,
      ...(commandMap === undefined ? {} : { commands: commandMap }),
    };
    layers.add(layer);
    if (layers.size === 1) window.addEventListener('keydown', hear);
    return () => {
      layers.delete(layer);
      if (layers.size === 0) window.removeEventListener('keydown', hear);
    };
  }, [level, exclusive, on, map, commandMap]);
}

/** What can be done just now, as the upper layer does it. */
export function availableCommands(): ReadonlyMap<CommandId, () => void> {
  const found = new Map<CommandId, () => void>();
  for (const { commands: map } of [...layers].toSorted((a, b) => a.level - b.level)) {
    for (const id of commandIds) {
      const act = map?.current[id];
      if (act !== undefined) found.set(id, act);
    }
  }
  return found;
}

function hear(event: KeyboardEvent): void {
  if (event.defaultPrevented || event.isComposing || belongsToTarget(event)) return;
  const maps = audible();
  const bindings = maps.flatMap((map) => Object.keys(map));
  const pressed = pressKey(state, event, bindings);
  state = pressed.state;
  const { binding } = pressed;
  if (binding === null) return;
  const act = maps.find((map) => map[binding] !== undefined)?.[binding];
  if (act === undefined) return;
  event.preventDefault();
  act();
}

/** Key maps from the top down to the first exclusive layer. */
function audible(): readonly KeyMap[] {
  const sorted = [...layers].toSorted((a, b) => b.level - a.level);
  const floor = sorted.find((layer) => layer.exclusive)?.level ?? 0;
  return sorted.filter((layer) => layer.level >= floor).map((layer) => layer.map.current);
}

/** Typing, and the keys by which a focused control is worked. */
function belongsToTarget(event: KeyboardEvent): boolean {
  const target = event.target;
  if (!(target instanceof HTMLElement)) return false;
  if (event.key === 'Escape' || event.ctrlKey || event.metaKey) return false;
  if (isTyping(target)) return true;
  if (event.key === 'Enter' || event.key === ' ') return target.closest('button, a, input, summary') !== null;
  return (
    event.key.startsWith('Arrow') &&
    target.closest('[role=tab], [role=radio], [type=radio], [role=menu], [role=slider]') !== null
  );
}

export function isTyping(target: Element | null): boolean {
  if (!(target instanceof HTMLElement)) return false;
  if (target instanceof HTMLInputElement) return !['checkbox', 'radio', 'button'].includes(target.type);
  return (
    target instanceof HTMLTextAreaElement || target instanceof HTMLSelectElement || target.isContentEditable
  );
}
