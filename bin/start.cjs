'use strict';
// `npm start -- ARGS` is `watchfloor serve ARGS`. Old syntax only, see lib/node-version.cjs.
require('./lib/node-version.cjs')();
require('./lib/launch.cjs').launch(['serve'].concat(process.argv.slice(2)));
