/** Text that is being written, kept in the browser until it is saved or thrown away: a reload loses nothing. */

export interface Draft {
  readonly text: string;
  /** Hash of the text that it was begun on; '' for a new rule. */
  readonly base: string;
  readonly at: number;
}

const prefix = 'watchfloor.rule-draft.';

/** `id`: of the rule, or `new`. Null where there is none, or it can't be read. */
export function readDraft(id: string): Draft | null {
  const text = storage()?.getItem(prefix + id) ?? null;
  if (text === null) return null;
  try {
    const { text: source, base, at } = JSON.parse(text) as Partial<Draft>;
    return typeof source === 'string' && typeof base === 'string' && typeof at === 'number'
      ? { text: source, base, at }
      : null;
  } catch (thrown) {
    if (thrown instanceof SyntaxError) return null;
    throw thrown;
  }
}

/** False where the browser keeps nothing: then leaving has to ask. */
export function keepDraft(id: string, draft: Draft): boolean {
  try {
    storage()?.setItem(prefix + id, JSON.stringify(draft));
    return storage() !== null;
  } catch (thrown) {
    if (thrown instanceof DOMException) return false;
    throw thrown;
  }
}

export function dropDraft(id: string): void {
  storage()?.removeItem(prefix + id);
}

function storage(): Storage | null {
  try {
    return window.localStorage;
  } catch (thrown) {
    if (thrown instanceof DOMException) return null;
    throw thrown;
  }
}
