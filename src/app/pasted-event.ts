/** A record that was pasted or read from a file, as the event that a parser makes of it. */
import { AppError } from '../base/errors.ts';
import type { SigmaEvent } from '../lang/sigma/index.ts';
import type { RecordContext } from '../model/batch.ts';
import type { Logsource } from '../model/event.ts';
import { type ContextId, mainTenant, type SourceId } from '../model/ids.ts';
import { parseRecord } from '../pipeline/parse.ts';
import { parsers } from './parsers.ts';

const pasted: RecordContext = {
  id: 'pasted' as ContextId,
  tenant: mainTenant,
  source: 'pasted' as SourceId,
  decoder: 'json',
  transport: 'http',
};

/** With a logsource, a record that no parser takes is read as it is. Throws AppError E_BAD_REQUEST. */
export function readPastedEvent(text: string, logsource?: Logsource): SigmaEvent {
  const outcome = parseRecord(text, pasted, parsers);
  if (outcome.kind === 'event') return { fields: outcome.event.native, logsource: outcome.event.logsource };
  if (outcome.reason === 'unknown_format' && logsource !== undefined) {
    return { fields: JSON.parse(text) as Readonly<Record<string, unknown>>, logsource };
  }
  throw new AppError('E_BAD_REQUEST', `the record is not read as an event: ${outcome.reason}`);
}
