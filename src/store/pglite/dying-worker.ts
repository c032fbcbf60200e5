/** For the test of a dead engine: the real worker, whose engine fails as WebAssembly does on one statement. */
import { PGlite } from '@electric-sql/pglite';

// oxlint-disable-next-line unbound-method -- it is called with its `this` below
const run = PGlite.prototype.execProtocolRawStream;
PGlite.prototype.execProtocolRawStream = async function (message, options) {
  if (Buffer.from(message).includes('the engine dies of this')) throw new RangeError('out of bounds');
  return run.call(this, message, options);
};
await import('./worker.ts');
