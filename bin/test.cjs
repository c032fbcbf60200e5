'use strict';
// `npm test`: everything. `npm test -- ARGS`: vitest with these arguments. Old syntax only, see lib/node-version.cjs.
require('./lib/node-version.cjs')();
require('./lib/test-run.cjs').main(process.argv.slice(2));
