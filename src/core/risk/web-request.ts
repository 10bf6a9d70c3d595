import type { SimpleCommand } from '../command/walk.ts';
import { type Base, base, part } from './part.ts';
import type { Call } from './row.ts';

const METHODS: Record<string, readonly [points: number, why: string]> = {
  POST: [35, 'sends a change to a web address'],
  PUT: [40, 'sends a change to a web address'],
  PATCH: [40, 'sends a change to a web address'],
  DELETE: [50, 'deletes something at a web address'],
};

function methodOf(call: Call): string {
  const has = (...names: string[]) => call.options.some(({ name }) => names.includes(name));
  for (const { name, value, next } of call.options) {
    if (name === '--request' || name === '-X' || name === '--method')
      return (value ?? next ?? '').toUpperCase();
    if (/^-[a-zA-Z]*X[A-Z]+$/.test(name)) return name.slice(name.indexOf('X') + 1);
    if (/^-[a-zA-Z]{1,4}X$/.test(name)) return (next ?? '').toUpperCase();
  }
  if (has('-T', '--upload-file')) return 'PUT';
  const posts = [
    '-d',
    '--data',
    '--data-raw',
    '--data-binary',
    '--data-urlencode',
    '--json',
    '-F',
    '--form',
    '--post-data',
    '--post-file',
    '--form-string',
  ];
  if (has(...posts) && !has('-G', '--get', '-I', '--head')) return 'POST';
  const first = call.operands[0]?.value ?? '';
  if (/^(http|https|xh|httpie)$/.test(call.program) && /^(POST|PUT|PATCH|DELETE)$/i.test(first))
    return first.toUpperCase();
  return 'GET';
}

/** curl, wget and httpie: reading is harmless, the other methods are not. */
export function webRequest(_: SimpleCommand, call: Call): Base | null {
  if (!/^(curl|wget|http|https|xh|httpie)$/.test(call.program)) return null;
  const text = call.args.join(' ');
  const name = methodOf(call);
  const isHarmless = /^(GET|HEAD|OPTIONS|TRACE|PROPFIND|)$/.test(name);
  const method = Object.hasOwn(METHODS, name) ? METHODS[name] : isHarmless ? undefined : METHODS.POST;
  if (/169\.254\.169\.254|metadata\.google\.internal|100\.100\.100\.200/.test(text)) {
    return base(45, 'reads the credentials of the machine', 'reads');
  }
  if (!method)
    return call.options.some(({ name }) => /^-(o|O|P)$|^--output/.test(name))
      ? base(8, 'fetches a file', 'local')
      : base(3, 'reads a web address', 'reads');
  const parts = [part(...method)];
  const search = /:92\d\d\b|\b(es|elastic|elasticsearch|opensearch|solr)\b/i.test(text);
  if (methodOf(call) === 'DELETE' && search) parts.push(part(20, 'deletes a search index'));
  if (methodOf(call) === 'DELETE' && /\/(_all|\*|%2A)(\/|\?|$|\s)/.test(text))
    parts.push(part(30, 'every object'));
  if (/_delete_by_query|_flush_all|\/purge\b|purge_cache/.test(text)) parts.push(part(25, 'deletes in bulk'));
  return { parts, touches: 'shared' };
}
