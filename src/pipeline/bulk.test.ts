import { describe, expect, it } from 'vitest';
import { mainTenant, type SourceId } from '../model/ids.ts';
import { cutBulk } from './bulk.ts';
import { Framer } from './frame.ts';
import { deliveryChain } from './identity.ts';

function cut(text: string) {
  const limits = { maxRecordBytes: 1_000, batchRecords: 100, batchBytes: 1 << 20 };
  const framer = new Framer(deliveryChain(mainTenant, 's' as SourceId, 'k'), limits);
  const actions = cutBulk(Buffer.from(text), framer, () => undefined);
  const frame = framer.end();
  const documents = (frame?.ids ?? []).map((_, i) =>
    Buffer.from(frame!.buffer.subarray(frame!.offsets[2 * i], frame!.offsets[2 * i + 1])).toString(),
  );
  return { actions, documents };
}

describe('a bulk request', () => {
  it('gives its documents byte for byte, and what each was sent with', () => {
    const text = '{"create":{"_index":"a"}}\n{"x": 1}\r\n\n{ "index" : {} }\n{"index":{"y":2}}';
    expect(cut(text)).toEqual({ actions: ['create', 'index'], documents: ['{"x": 1}', '{"index":{"y":2}}'] });
  });

  it('may be empty', () => {
    expect(cut('\n\n')).toEqual({ actions: [], documents: [] });
  });

  it('has a document that is no JSON stored like any other', () => {
    expect(cut('{"create":{}}\nnot JSON').documents).toEqual(['not JSON']);
  });

  it.each([
    { why: 'documents alone', text: '{"x":1}\n{"x":2}', reason: /line 1: a line such as/ },
    {
      why: 'an action that is no JSON',
      text: '{"create":{}}\n{}\ncreate\n{}',
      reason: /line 3: a line such as/,
    },
    { why: 'a list as action', text: '["create"]\n{}', reason: /line 1/ },
    { why: 'two actions at once', text: '{"create":{},"index":{}}\n{}', reason: /line 1/ },
    {
      why: 'an action that changes',
      text: '{"delete":{"_id":"1"}}',
      reason: /"delete": records are only added/,
    },
    {
      why: 'an action without a document',
      text: '{"create":{}}\n',
      reason: /after the last "create" is missing/,
    },
    { why: 'a blank document', text: '{"create":{}}\n \n', reason: /line 2: a document has to follow/ },
  ])('is refused with the line: $why', ({ text, reason }) => {
    expect(() => cut(text)).toThrow(reason);
  });
});
