/** Rows of W3C's extended log format under their header: IIS, CloudFront. */
import { defineParser, type JsonParser } from '../define.ts';
import { isW3c, w3cComputed, w3cEvent } from './lib/w3c.ts';

const parser: JsonParser = defineParser({
  name: 'w3c-access',
  reads: 'json',
  version: 1,
  computed: w3cComputed,
  summary: "IIS' and CloudFront's logs, by the header of their files",
  accepts: isW3c,
  parse: (row, _, carrier) => w3cEvent(row, carrier),
});

export default parser;
