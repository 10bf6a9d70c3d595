#!/usr/bin/env node
// Plain JavaScript without syntax that an old Node lacks: it has to be able to say that it is too old.
const [major, minor] = process.versions.node.split('.').map(Number);
if (major < 20 || (major === 20 && minor < 19)) {
  console.error(`error: gate needs Node 20.19 or newer, this is ${process.versions.node}`);
  console.error('hint: install a newer one from https://nodejs.org');
  process.exit(125);
}

const { existsSync, readFileSync } = require('node:fs');
const { dist, isBuilt, isCheckout } = require('./is-built.cjs');

if (process.argv[2] === 'run' && isBuilt('run.cjs')) startRun(`${dist}/run.cjs`);
else if (isBuilt('gate.mjs')) start(() => import('../../dist/gate.mjs'));
else if (isCheckout) start(startSources);
else {
  console.error('error: this installation is not whole: dist is missing');
  console.error('hint: install it again');
  process.exit(125);
}

/** As `require` does, with the code that V8 made of it when it was built. */
function startRun(file) {
  const { Script } = require('node:vm');
  const script = new Script(require('node:module').wrap(readFileSync(file, 'latin1')), {
    filename: file,
    cachedData: existsSync(`${file}.cache`) ? readFileSync(`${file}.cache`) : undefined,
  });
  const made = { exports: {} };
  script.runInThisContext().call(made.exports, made.exports, require, made, file);
}

async function startSources() {
  const { register } = await import('tsx/esm/api');
  register();
  await import('./gate.ts');
}

function start(load) {
  load().catch((error) => {
    console.error(error);
    process.exit(1);
  });
}
