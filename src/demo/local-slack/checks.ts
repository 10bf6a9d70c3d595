/** One fault Slack finds in blocks or a view, in Slack's own wording: what, and where. */
export type Fault = { what: string; at: string };
export type Surface = 'message' | 'modal' | 'home';

/** What a check remembers of the blocks around it. */
export type Scope = {
  surface: Surface;
  blockIds: Set<string>;
  actionIds: Set<string>;
};
export type Check = (value: unknown, at: string, scope: Scope) => Fault[];
export type Json = Record<string, unknown>;

export const isObject = (value: unknown): value is Json =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const fault = (what: string, at: string): Fault[] => [{ what, at }];

/** A string of a length between `min` and `max`. */
export function string(max: number, min = 1): Check {
  return (value, at) => {
    if (typeof value !== 'string') return fault('must be a string', at);
    if (value.length > max) return fault(`must be less than ${max + 1} characters`, at);
    if (value.length < min) return fault(`must be more than ${min - 1} characters`, at);
    return [];
  };
}

export const flag: Check = (value, at) => (typeof value === 'boolean' ? [] : fault('must be a boolean', at));

export const anObject: Check = (value, at) => (isObject(value) ? [] : fault('must be an object', at));

export function number(min: number, max: number): Check {
  return (value, at) => {
    if (typeof value !== 'number' || !Number.isInteger(value)) return fault('must be an integer', at);
    if (value > max) return fault(`must be less than ${max + 1}`, at);
    return value < min ? fault(`must be more than ${min - 1}`, at) : [];
  };
}

export function oneOf(...values: unknown[]): Check {
  return (value, at) => (values.includes(value) ? [] : fault('must be a valid enum value', at));
}

export const matching =
  (pattern: RegExp, what: string): Check =>
  (value, at) =>
    typeof value === 'string' && pattern.test(value) ? [] : fault(what, at);

/** An http or https address. */
export function url(max: number): Check {
  const length = string(max);
  return (value, at, scope) => {
    const faults = length(value, at, scope);
    if (faults.length > 0) return faults;
    const parsed = URL.canParse(value as string) ? new URL(value as string).protocol : '';
    return ['http:', 'https:'].includes(parsed) ? [] : fault('must be a valid URL', at);
  };
}

export function list(item: Check, max: number, min = 1): Check {
  return (value, at, scope) => {
    if (!Array.isArray(value)) return fault('must be an array', at);
    if (value.length > max) return fault(`no more than ${max} items allowed`, at);
    if (value.length < min) return fault(`must provide at least ${min} items`, at);
    return value.flatMap((entry, index) => item(entry, `${at}/${index}`, scope));
  };
}

/** An object of known properties; a name ending in `?` may be absent. `type` is checked by the caller. */
export function object(properties: Record<string, Check>, also?: Check): Check {
  const known = new Map(Object.entries(properties).map(([name, check]) => [name.replace('?', ''), check]));
  const required = Object.keys(properties).filter((name) => !name.endsWith('?'));
  return (value, at, scope) => {
    if (!isObject(value)) return fault('must be an object', at);
    const present = Object.entries(value).filter(([, entry]) => entry !== undefined && entry !== null);
    const names = present.map(([name]) => name);
    return [
      ...required
        .filter((name) => !names.includes(name))
        .flatMap((name) => fault(`missing required field: ${name}`, at)),
      ...present.flatMap(([name, entry]) => {
        if (name === 'type') return [];
        const check = known.get(name);
        if (!check) return fault(`invalid additional property: ${name}`, at);
        return check(entry, `${at}/${name}`, scope);
      }),
      ...(also?.(value, at, scope) ?? []),
    ];
  };
}

/** Chooses the check by the object's `type`; a type outside the table is unsupported. */
export function byType(table: () => Record<string, Check>): Check {
  return (value, at, scope) => {
    if (!isObject(value)) return fault('must be an object', at);
    if (value.type === undefined) return fault('missing required field: type', at);
    const check = Object.entries(table()).find(([type]) => type === value.type)?.[1];
    return check ? check(value, at, scope) : fault(`unsupported type: ${String(value.type)}`, `${at}/type`);
  };
}

/** A block_id or action_id: at most 255 characters and used once within its scope. */
export function uniqueId(of: 'blockIds' | 'actionIds', max: number): Check {
  const length = string(max);
  return (value, at, scope) => {
    const faults = length(value, at, scope);
    if (faults.length > 0) return faults;
    const name = at.slice(at.lastIndexOf('/') + 1);
    if (scope[of].has(value as string))
      return fault(`\`${name}\` value "${value}" is already used by another ${name.split('_')[0]}`, at);
    scope[of].add(value as string);
    return [];
  };
}
