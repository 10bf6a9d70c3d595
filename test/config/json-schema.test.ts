import { expect, it } from 'vitest';
import { isFresh } from '../../src/config/json-schema.ts';

it('ships a JSON Schema that is what the code checks (npm run schema writes it)', () =>
  expect(isFresh()).toBe(true));
