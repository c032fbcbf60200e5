/** The text that is being written, with what the service says of it as it is typed. */
import { useDebouncedValue } from '@mantine/hooks';
import { useQuery } from '@tanstack/react-query';
import { useEffect, useState } from 'react';
import { orpc } from '../../lib/api.ts';
import { logsourceIn } from '../../lib/rule-place.ts';
import type { RuleFinding } from '../../lib/types.ts';
import { dropDraft, keepDraft, readDraft } from './draft.ts';

export interface DraftState {
  readonly text: string;
  readonly dirty: boolean;
  /** When it was written, of text that was found again; else null. */
  readonly foundAt: number | null;
  /** The text it was begun on is another one by now. */
  readonly stale: boolean;
  readonly set: (text: string) => void;
  /** Back to what is stored. */
  readonly discard: () => void;
  /** Saved: nothing is to be kept any more. */
  readonly saved: () => void;
}

/** `id`: of the rule, or `new`. `stored` is the text that it changes, `hash` that text's. */
export function useDraft(id: string, stored: string, hash: string): DraftState {
  const [found] = useState(() => readDraft(id));
  const [text, setText] = useState(found?.text ?? stored);
  const [base, setBase] = useState(found?.base ?? hash);
  const [safe, setSafe] = useState(true);
  const [isFound, setIsFound] = useState(found !== null && found.text !== stored);
  const [seen, setSeen] = useState(stored);
  // A text that nobody touched follows what is stored.
  if (seen !== stored) {
    setSeen(stored);
    if (text === seen) setText(stored);
  }
  const dirty = text !== stored;
  if (!dirty && base !== hash) setBase(hash);
  useEffect(() => {
    if (dirty) setSafe(keepDraft(id, { text, base, at: Date.now() }));
    else dropDraft(id);
  }, [id, text, base, dirty]);
  useEffect(() => {
    if (!dirty || safe) return undefined;
    const ask = (event: BeforeUnloadEvent) => event.preventDefault();
    window.addEventListener('beforeunload', ask);
    return () => window.removeEventListener('beforeunload', ask);
  }, [dirty, safe]);
  return {
    text,
    dirty,
    foundAt: isFound ? (found?.at ?? null) : null,
    stale: dirty && base !== hash,
    set: setText,
    discard: () => {
      setText(stored);
      setBase(hash);
      setIsFound(false);
    },
    saved: () => {
      dropDraft(id);
      setIsFound(false);
    },
  };
}

const settleMs = 300;

/** Asked when the typing pauses; an answer that is overtaken is not waited for. */
export function useCheck(id: string | null, text: string) {
  const [source] = useDebouncedValue(text, settleMs);
  const check = useQuery({
    ...orpc.rules.check.queryOptions({ input: { id, source } }),
    placeholderData: (previous) => previous,
    gcTime: 10_000,
  });
  const settled = source === text && !check.isPlaceholderData && check.isSuccess;
  return { check: check.data, error: check.error, settled, source };
}

const none: readonly RuleFinding[] = [];

export function findingsOf({ check }: ReturnType<typeof useCheck>): readonly RuleFinding[] {
  return check?.findings ?? none;
}

/** Words for completion: those of the language and those that are here. */
export function useWords(text: string) {
  const vocabulary = useQuery({ ...orpc.rules.vocabulary.queryOptions(), staleTime: 300_000 });
  const [logsource] = useDebouncedValue(JSON.stringify(logsourceIn(text)), settleMs);
  const fields = useQuery({
    ...orpc.rules.fields.queryOptions({ input: JSON.parse(logsource) as ReturnType<typeof logsourceIn> }),
    staleTime: 300_000,
    placeholderData: (previous) => previous,
  });
  if (vocabulary.data === undefined) return null;
  return {
    vocabulary: vocabulary.data,
    fields: fields.data?.fields ?? [],
    sampled: fields.data?.sampled ?? 0,
  };
}
