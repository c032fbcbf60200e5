/** Rules as pure data that can be kept and read again in a small part of the time that their YAML takes. */
import type { Detection } from './detection.ts';
import { fingerprintOf, setFingerprint } from './fingerprint.ts';
import type { DocumentHead } from './head.ts';
import { type PackedDetection, packDetection, unpackDetection } from './packed-detection.ts';
import type { ParsedFile } from './parse.ts';
import type { RuleLogsource, SigmaRule } from './rule.ts';

/** JSON of every document's head, and of every document's detection, which is read when it is asked for. */
export interface PackedFile {
  readonly heads: string;
  readonly detections: string;
}

type Head = Omit<DocumentHead, 'source' | 'file'> & {
  readonly logsource: RuleLogsource;
  /** Where the document's own text stands in the file's. */
  readonly from: number;
  readonly to: number;
  readonly fingerprint: string;
};

/** Null for a file that holds anything but detection rules: there are few, and they are quickly read. */
export function packFile(text: string, parsed: ParsedFile): PackedFile | null {
  const { documents, correlations, newTerms, filters, refused } = parsed;
  if (correlations.length + newTerms.length + filters.length + refused.length > 0) return null;
  const heads = documents.map((rule): Head => {
    const from = text.indexOf(rule.source);
    const unsaid = { source: undefined, file: undefined, detection: undefined, condition: undefined };
    return { ...rule, ...unsaid, from, to: from + rule.source.length, fingerprint: fingerprintOf(rule) };
  });
  if (heads.some(({ from }) => from === -1)) return null;
  return {
    heads: JSON.stringify(heads),
    detections: JSON.stringify(documents.map(({ detection }) => packDetection(detection))),
  };
}

/** What `packFile` was given. `detections` is called when a detection is first looked at. */
export function unpackFile(
  packed: { readonly heads: string; readonly detections: () => string },
  text: string,
  file: string,
): ParsedFile {
  // Held while somebody looks at them: what an engine makes of them is all it needs later.
  let read: WeakRef<readonly Detection[]> | null = null;
  const detectionAt = (at: number): Detection => {
    let detections = read?.deref();
    if (detections === undefined) {
      detections = (JSON.parse(packed.detections()) as readonly PackedDetection[]).map(unpackDetection);
      read = new WeakRef(detections);
    }
    const detection = detections[at];
    if (detection === undefined) throw new Error(`${file}: fewer detections than rules were kept`);
    return detection;
  };
  const heads = JSON.parse(packed.heads) as readonly Head[];
  const documents = heads.map(({ from, to, fingerprint, ...rest }, at): SigmaRule => {
    const rule: SigmaRule = {
      ...rest,
      source: text.slice(from, to),
      file,
      get detection() {
        return detectionAt(at);
      },
      get condition() {
        return detectionAt(at).conditionText;
      },
    };
    setFingerprint(rule, fingerprint);
    return rule;
  });
  return { documents, correlations: [], newTerms: [], filters: [], refused: [] };
}
