import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';
import { ConfigShape } from './shape.ts';

const FILE = fileURLToPath(new URL('gatehouse.schema.json', import.meta.url));

/** The JSON Schema of gatehouse.yaml, for editors, as it stands in gatehouse.schema.json. */
export const jsonSchema = (): string =>
  `${JSON.stringify(z.toJSONSchema(ConfigShape, { io: 'input' }), null, 2)}\n`;

/** Is the committed file what the code says? */
export const isFresh = (): boolean => readFileSync(FILE, 'utf8') === jsonSchema();

if (process.argv[1] === fileURLToPath(import.meta.url)) writeFileSync(FILE, jsonSchema());
