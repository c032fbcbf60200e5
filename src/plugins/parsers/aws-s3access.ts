/** S3's server access log, as a data lake gives its records. */
import { defineParser, type JsonParser } from '../define.ts';
import { bucketEvent } from './lib/aws-lines.ts';
import { readTimestamp } from './lib/timestamp.ts';

const parser: JsonParser = defineParser({
  name: 'aws-s3access',
  reads: 'json',
  version: 1,
  computed: {},
  summary: "S3's server access log as objects",
  accepts: (json) => ['bucket', 'remoteip'].every((name) => typeof json[name] === 'string'),
  parse: (json) => bucketEvent(json, readTimestamp(json['time'])?.at ?? null),
});

export default parser;
