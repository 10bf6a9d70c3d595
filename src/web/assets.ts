import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import type { Context } from 'hono';

const TYPES = {
  'page.css': 'text/css; charset=utf-8',
  'page.js': 'text/javascript; charset=utf-8',
  'icon.svg': 'image/svg+xml',
} as const;
type Name = keyof typeof TYPES;

/** The files of the pages, all ours. Their addresses change with their content, so browsers keep them for good. */
export interface Assets {
  pathOf(name: Name): string;
  serve(c: Context, file: string): Response | null;
}

export function loadAssets(base: string): Assets {
  const files = new Map<string, { type: string; text: string }>();
  const paths = new Map<Name, string>();
  for (const [name, type] of Object.entries(TYPES) as [Name, string][]) {
    const text = readFileSync(new URL(`./assets/${name}`, import.meta.url), 'utf8');
    const hash = createHash('sha256').update(text).digest('hex').slice(0, 12);
    const file = name.replace('.', `-${hash}.`);
    files.set(file, { type, text });
    paths.set(name, `${base}/web/${file}`);
  }
  return {
    pathOf: (name) => paths.get(name) as string,
    serve(c, file) {
      const found = files.get(file);
      if (!found) return null;
      return c.body(found.text, 200, {
        'content-type': found.type,
        'cache-control': 'public, max-age=31536000, immutable',
      });
    },
  };
}
