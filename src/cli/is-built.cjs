const { existsSync, readFileSync, statSync } = require('node:fs');
const path = require('node:path');

const root = path.join(__dirname, '../..');
const dist = path.join(root, 'dist');
/** An installed package has no sources. */
const isCheckout = existsSync(path.join(__dirname, 'gate.ts'));

/** In a checkout a build counts as long as nothing it was made of has changed: an old one must never run. */
function isBuilt(name) {
  if (!existsSync(path.join(dist, name))) return false;
  if (!isCheckout) return true;
  try {
    const inputs = JSON.parse(readFileSync(path.join(dist, `${name}.inputs.json`), 'utf8'));
    return inputs.every(([file, mtimeMs, size]) => {
      const now = statSync(path.join(root, file));
      return now.mtimeMs === mtimeMs && now.size === size;
    });
  } catch {
    return false;
  }
}

module.exports = { dist, isBuilt, isCheckout };
