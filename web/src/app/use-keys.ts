/** Keyboard bindings of what is on the page: the upper layer wins, and never while somebody types. */
import { useEffect, useRef } from 'react';
import { idle, type KeyMap, type KeyState, pressKey } from '../lib/keys.ts';

/** Shell below, then the page, then a prompt or dialog over it. */
export type KeyLevel = 0 | 1 | 2 | 3;

interface Layer {
  readonly level: KeyLevel;
  /** Nothing below hears a key. */
  readonly exclusive: boolean;
  readonly map: { readonly current: KeyMap };
}

const layers = new Set<Layer>();
let state: KeyState = idle;

export function useKeys(level: KeyLevel, map: KeyMap, options?: { on?: boolean; exclusive?: boolean }): void {
  const current = useRef(map);
  useEffect(() => {
    current.current = map;
  });
  const on = options?.on ?? true;
  const exclusive = options?.exclusive ?? false;
  useEffect(() => {
    if (!on) return undefined;
    const layer: Layer = { level, exclusive, map: current };
    layers.add(layer);
    if (layers.size === 1) window.addEventListener('keydown', hear);
    return () => {
      layers.delete(layer);
      if (layers.size === 0) window.removeEventListener('keydown', hear);
    };
  }, [level, exclusive, on]);
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
  if (event.key === 'Escape') return false;
  if (isTyping(target)) return true;
  if (event.key === 'Enter' || event.key === ' ') return target.closest('button, a, input, summary') !== null;
  return event.key.startsWith('Arrow') && target.closest('[role=tab], [role=radio], [type=radio]') !== null;
}

export function isTyping(target: Element | null): boolean {
  if (!(target instanceof HTMLElement)) return false;
  if (target instanceof HTMLInputElement) return !['checkbox', 'radio', 'button'].includes(target.type);
  return (
    target instanceof HTMLTextAreaElement || target instanceof HTMLSelectElement || target.isContentEditable
  );
}
