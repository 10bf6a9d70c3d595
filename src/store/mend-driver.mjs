// Mends postgres.js 3.4.9 where it is installed (porsager/postgres #1154, #1168, #1209, all open). Without it a lost
// connection ends the process (a rollback is written to a socket that is gone), or leaves a connection in the pool that
// never sends again (what it had to write was called off and is remembered as on its way).
import { readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';

const driver = path.dirname(path.dirname(path.dirname(createRequire(import.meta.url).resolve('postgres'))));

const MENDS = [
  [
    `  function nextWrite(fn) {
    const x = socket.write(chunk, fn)`,
    `  function nextWrite(fn) {
    if (socket === null) {
      chunk = nextWriteTimer = null
      error(Errors.connection('CONNECTION_CLOSED', options))
      return false
    }
    const x = socket.write(chunk, fn)`,
  ],
  [
    `    clearImmediate(nextWriteTimer)
    if (socket) {`,
    `    clearImmediate(nextWriteTimer)
    chunk = nextWriteTimer = null
    if (socket) {`,
  ],
  [
    `    clearImmediate(nextWriteTimer)
    socket.removeListener('data', data)`,
    `    clearImmediate(nextWriteTimer)
    chunk = nextWriteTimer = null
    socket.removeListener('data', data)`,
  ],
];

for (const file of ['src/connection.js', 'cjs/src/connection.js'].map((name) => path.join(driver, name))) {
  const text = readFileSync(file, 'utf8');
  let mended = text;
  for (const [from, to] of MENDS) {
    if (mended.includes(to)) continue;
    if (!mended.includes(from))
      throw new Error(`${file} is of another version: is src/store/mend-driver.mjs needed?`);
    mended = mended.replace(from, () => to);
  }
  if (mended !== text) writeFileSync(file, mended);
}
