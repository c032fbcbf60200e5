#!/usr/bin/env node
'use strict';
// The command line. Old syntax only, see lib/node-version.cjs.
require('./lib/node-version.cjs')();
require('./lib/launch.cjs').launch(process.argv.slice(2));
