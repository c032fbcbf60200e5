'use strict';
// Old syntax only, here and in every entry beside it: these lines must parse on the Node that they refuse.
var least = [20, 19];

function check() {
  var parts = process.versions.node.split('.').map(Number);
  if (parts[0] > least[0] || (parts[0] === least[0] && parts[1] >= least[1])) return;
  process.stderr.write(
    'Watchfloor needs Node.js ' +
      least.join('.') +
      ' or newer; this is ' +
      process.version +
      ' (' +
      process.execPath +
      '). Install a newer one from https://nodejs.org or your package manager and start again.\n',
  );
  process.exit(1);
}

module.exports = check;
