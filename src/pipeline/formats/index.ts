/** The cutter of each format. */
import type { Cutter } from '../cutter.ts';
import type { Framer } from '../frame.ts';
import { EvtxCutter } from './evtx/cutter.ts';
import type { Guess } from './guess.ts';
import { JsonDocumentCutter } from './json-document.ts';
import { XmlEventsCutter } from './xml-events.ts';
import { ZeekCutter } from './zeek.ts';

const ignore = (): void => undefined;

/** The framer cuts lines by itself; for other formats a cutter tells it where records are. */
export function cutterOf({ format, wrapper }: Pick<Guess, 'format' | 'wrapper'>, framer: Framer): Cutter {
  switch (format) {
    case 'json':
    case 'text':
      framer.describe({ decoder: format }, ignore);
      return framer;
    case 'json-document':
      return new JsonDocumentCutter(framer, wrapper);
    case 'xml':
      return new XmlEventsCutter(framer);
    case 'evtx':
      return new EvtxCutter(framer);
    case 'zeek':
      return new ZeekCutter(framer);
  }
}
