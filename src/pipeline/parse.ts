/** `parse(raw, context)`: one raw record to an event or to a reason why not. Pure. */
import type { RecordContext, UnparsedReason } from '../model/batch.ts';
import type { ParsedEvent, ParseOutcome } from '../model/event.ts';
import type { DecodedRecord } from '../model/record.ts';
import type { Parser } from '../plugins/define.ts';
import { decode } from './decode/index.ts';
import { type Claim, routerOf } from './route.ts';

export type RecordOutcome =
  | { readonly kind: 'event'; readonly event: ParsedEvent; readonly parser: Parser }
  | { readonly kind: 'unparsed'; readonly reason: UnparsedReason; readonly parser: Parser | null };

/** A text that is not what its decoder says, or that no parser takes, is an outcome, never a throw. */
export function parseRecord(text: string, context: RecordContext, parsers: readonly Parser[]): RecordOutcome {
  const views = decode(text, context);
  if (!views.ok) return { kind: 'unparsed', reason: views.error, parser: null };
  const router = routerOf(parsers);
  for (const view of views.value) {
    const claim = router.find(view, context);
    if (claim === null) continue;
    const outcome = parseWith(claim);
    return outcome.kind === 'event'
      ? { kind: 'event', event: outcome, parser: claim.parser }
      : { kind: 'unparsed', reason: outcome.reason, parser: claim.parser };
  }
  return { kind: 'unparsed', reason: 'unknown_format', parser: null };
}

/** Names of all parsers that would take the record, by view: more than one for a view is a fault of theirs. */
export function claimants(
  text: string,
  context: RecordContext,
  parsers: readonly Parser[],
): readonly { readonly view: DecodedRecord['kind']; readonly parsers: readonly string[] }[] {
  const views = decode(text, context);
  if (!views.ok) return [];
  const router = routerOf(parsers);
  return [...views.value].map((view) => ({ view: view.kind, parsers: router.all(view, context) }));
}

/** Parsers do not throw on foreign data. One that does has a bug, and must not take the batch down with it. */
function parseWith(claim: Claim): ParseOutcome {
  try {
    return claim.parse();
  } catch (thrown) {
    return { kind: 'unparsed', reason: thrown instanceof RangeError ? 'too_deep' : 'parser_error' };
  }
}
