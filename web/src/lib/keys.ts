/** The keyboard: which key means what, and two-key sequences (`g` then `q`). */

export interface KeyPress {
  readonly key: string;
  readonly ctrlKey: boolean;
  readonly metaKey: boolean;
  readonly altKey: boolean;
}

/** Key or sequence (`j`, `Enter`, `g q`, `Mod-k`) → what to do. */
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
  if (press.ctrlKey || press.metaKey || press.altKey) {
    const held = `Mod-${press.key.toLowerCase()}`;
    return { state: idle, binding: !press.altKey && bindings.includes(held) ? held : null };
  }
  const sequence = state.pending === null ? null : `${state.pending} ${press.key}`;
  if (sequence !== null) return { state: idle, binding: bindings.includes(sequence) ? sequence : null };
  if (bindings.some((binding) => binding.startsWith(`${press.key} `))) {
    return { state: { pending: press.key }, binding: null };
  }
  return { state: idle, binding: bindings.includes(press.key) ? press.key : null };
}
