import { mkdirSync, readFileSync, rmSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { build, type Plugin } from 'esbuild';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
/** Below the packages it loads, where git does not look. */
const BUILT = path.join(ROOT, 'node_modules/.cache/gatehouse-bench');

/** Made as the product's own executable is made: what runs from sources is slower in each call. */
export async function bundle(file: string): Promise<string> {
  mkdirSync(BUILT, { recursive: true });
  const outfile = path.join(BUILT, `${path.basename(file, '.ts')}.${process.pid}.mjs`);
  await build({
    entryPoints: [file],
    outfile,
    bundle: true,
    platform: 'node',
    target: 'node20',
    format: 'esm',
    packages: 'external',
    logLevel: 'warning',
    plugins: [whereSourcesAre],
  });
  process.once('exit', () => rmSync(outfile, { force: true }));
  return outfile;
}

const whereSourcesAre: Plugin = {
  name: 'where-sources-are',
  setup(builder) {
    builder.onLoad({ filter: /\.tsx?$/ }, ({ path: source }) => {
      const text = readFileSync(source, 'utf8');
      if (!text.includes('import.meta.url')) return undefined;
      const contents = text.replaceAll('import.meta.url', JSON.stringify(pathToFileURL(source).href));
      return { contents, loader: source.endsWith('x') ? 'tsx' : 'ts' };
    });
  },
};
