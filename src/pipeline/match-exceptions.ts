/** Exceptions of rules over many events: whether a match of one is excepted (ADR 17). */
import type { Instant } from '../base/clock.ts';
import {
  type CompiledRule,
  type CorrelationMatch,
  compileRule,
  noMappings,
  parseSigma,
  viewOf,
} from '../lang/sigma/index.ts';
import type { ActiveException } from './active-rules.ts';

/**
 * Id of the first exception in force that the match falls under. It is held against the match's group, and where
 * that has no such field against the event that completed the match; without one (it has expired) the group decides.
 */
export type FindException = (
  exceptions: readonly ActiveException[],
  match: Pick<CorrelationMatch, 'group'>,
  native: Readonly<Record<string, unknown>>,
  receivedAt: Instant,
) => string | undefined;

/** Beyond so many texts those compiled are forgotten: exceptions come and go. */
const mostCompiled = 1_000;

export function createFindException(): FindException {
  const compiled = new Map<string, CompiledRule | null>();
  const compiledOf = (source: string): CompiledRule | null => {
    let known = compiled.get(source);
    if (known === undefined) {
      known = compile(source);
      if (compiled.size >= mostCompiled) compiled.clear();
      compiled.set(source, known);
    }
    return known;
  };
  return (exceptions, { group }, native, receivedAt) => {
    if (exceptions.length === 0) return undefined;
    const view = viewOf({ ...native, ...Object.fromEntries(group) });
    return exceptions.find(
      ({ source, expiresAt }) =>
        (expiresAt === null || receivedAt < expiresAt) && compiledOf(source)?.matchesFields(view) === true,
    )?.id;
  };
}

/** Null for one that can not be read: the worker has told so with the rules that it refused. */
function compile(source: string): CompiledRule | null {
  const [document] = parseSigma(source, 'exception').documents;
  const result = document === undefined ? null : compileRule(document, { mappings: noMappings });
  return result?.ok === true ? result.value : null;
}
