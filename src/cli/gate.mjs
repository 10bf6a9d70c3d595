#!/usr/bin/env node
// Plain JavaScript without syntax that an old Node lacks: it has to be able to say that it is too old.
const [major, minor] = process.versions.node.split('.').map(Number);
if (major < 20 || (major === 20 && minor < 19)) {
  console.error(`error: gate needs Node 20.19 or newer, this is ${process.versions.node}`);
  console.error('hint: install a newer one from https://nodejs.org');
  process.exit(125);
}
import('tsx/esm/api')
  .then(({ register }) => {
    register();
    return import('./gate.ts');
  })
  .catch((error) => {
    console.error(error);
    process.exit(1);
  });
