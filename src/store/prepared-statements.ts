import type { Sql, TransactionSql } from 'postgres';

/** A longer list of values is of varying length, and each length would be a statement of its own. */
const MOST_VALUES = 64;

/**
 * drizzle asks for statements without a name. postgres.js has each of those described before it sends the values: two
 * round trips and a parse for every query. With a name a connection does that once for each text.
 */
export function preparing<S extends Sql | TransactionSql>(client: S): S {
  const unsafe: Sql['unsafe'] = (text, values = [], options = {}) =>
    client.unsafe(text, values, {
      ...options,
      prepare: values.length > 0 && values.length <= MOST_VALUES,
    });
  return new Proxy(client, {
    get(target, name) {
      if (name === 'unsafe') return unsafe;
      const found: unknown = Reflect.get(target, name);
      if (name !== 'begin' && name !== 'savepoint') return found;
      const begin = found as (...args: unknown[]) => unknown;
      return (...args: unknown[]) =>
        begin(...args.map((arg) => (typeof arg === 'function' ? within(arg as Within) : arg)));
    },
  });
}

type Within = (tx: TransactionSql) => unknown;
const within =
  (run: Within): Within =>
  (tx) =>
    run(preparing(tx));
