/** @jsxRuntime automatic @jsxImportSource hono/jsx */
// Said here too: whoever runs the source from another directory does not find our tsconfig.json.
import type { OpenAPIHono } from '@hono/zod-openapi';
import type { Context } from 'hono';
import { html, raw } from 'hono/html';
import { MAX_BODY_BYTES, MAX_COMMAND_BYTES, MAX_WAIT_SECONDS } from '../api.ts';
import { PROBLEMS } from './problems.ts';

type Document = ReturnType<OpenAPIHono['getOpenAPI31Document']>;
interface Operation {
  summary?: string;
  description?: string;
  parameters?: { name: string; in: string; required?: boolean; description?: string }[];
  requestBody?: { content?: Record<string, { schema?: Schema }> };
  responses?: Record<string, { description?: string }>;
}
interface Schema {
  type?: string | string[];
  enum?: unknown[];
  description?: string;
  properties?: Record<string, Schema>;
  required?: string[];
  items?: Schema;
  anyOf?: Schema[];
  minimum?: number;
  maximum?: number;
  maxLength?: number;
}

const STYLE = `
  :root { color-scheme: light dark; --line: #8884; --soft: #8881; }
  body { font: 16px/1.5 system-ui, sans-serif; max-width: 60rem; margin: 0 auto; padding: 1rem; }
  h1 { margin-bottom: 0 } h2 { margin-top: 2.5rem } h3 { font-size: 1rem; margin: 0 }
  code { font: 0.9em ui-monospace, monospace; background: var(--soft); padding: 0.1em 0.3em; border-radius: 4px; overflow-wrap: anywhere }
  section { border: 1px solid var(--line); border-radius: 8px; padding: 0.8rem 1rem; margin: 1rem 0 }
  .verb { display: inline-block; min-width: 4.5em; font-weight: 700 }
  .wide { overflow-x: auto } table { border-collapse: collapse; width: 100%; font-size: 0.92em }
  th, td { text-align: left; vertical-align: top; padding: 0.35em 0.6em; border-bottom: 1px solid var(--line) }
  .fields td:nth-child(1) { width: 24% } .fields td:nth-child(2) { width: 26%; overflow-wrap: anywhere }
  p { margin: 0.4em 0 }
`;

/** A page about the API that people read, made from the OpenAPI document itself. */
export function docsPage(c: Context, document: Document) {
  c.header(
    'content-security-policy',
    "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'",
  );
  const operations = Object.entries(document.paths ?? {}).flatMap(([path, item]) =>
    Object.entries(item as Record<string, Operation>).map(([method, operation]) => ({
      path,
      method,
      operation,
    })),
  );
  return c.html(
    html`<!doctype html>${(
      <html lang="en">
        <head>
          <meta charset="utf-8" />
          <meta name="viewport" content="width=device-width, initial-scale=1" />
          <title>Gatehouse API</title>
          <style>{raw(STYLE)}</style>
        </head>
        <body>
          <h1>Gatehouse API</h1>
          <p>
            {document.info.description} Machines read <a href="/openapi.json">openapi.json</a>.
          </p>
          <Limits />
          <h2>Calls</h2>
          {operations.map((o) => (
            <OperationBox {...o} />
          ))}
          <h2>Errors</h2>
          <Problems />
        </body>
      </html>
    )}`,
  );
}

const Limits = () => (
  <>
    <h2>Limits</h2>
    <ul>
      <li>
        A body: {MAX_BODY_BYTES / 1024} KiB. A command: {MAX_COMMAND_BYTES / 1024} KiB; put a longer one in a
        script and gate the script.
      </li>
      <li>A long poll waits {MAX_WAIT_SECONDS} seconds at most.</li>
      <li>
        A token: 20 calls a second, 100 at once, 50 requests waiting for people; <code>limits</code> in
        gatehouse.yaml changes that.
      </li>
      <li>
        An approval is good for one start, until <code>use_by</code>.
      </li>
    </ul>
  </>
);

const OperationBox = ({
  path,
  method,
  operation,
}: {
  path: string;
  method: string;
  operation: Operation;
}) => (
  <section>
    <h3>
      <span class="verb">{method.toUpperCase()}</span> <code>{path}</code>
    </h3>
    <p>
      <strong>{operation.summary}</strong> {operation.description}
    </p>
    {operation.parameters && operation.parameters.length > 0 && (
      <Fields
        rows={operation.parameters.map((p) => [p.name, p.in, p.required === true, p.description ?? ''])}
      />
    )}
    {operation.requestBody && <Body schema={operation.requestBody.content?.['application/json']?.schema} />}
    <p>
      {Object.entries(operation.responses ?? {}).map(([status, answer]) => (
        <div>
          <code>{status}</code> {answer.description}
        </div>
      ))}
    </p>
  </section>
);

const Body = ({ schema }: { schema: Schema | undefined }) => (
  <Fields
    rows={Object.entries(schema?.properties ?? {}).map(([name, field]) => [
      name,
      typeOf(field),
      schema?.required?.includes(name) ?? false,
      [field.description, limitsOf(field)].filter(Boolean).join('. '),
    ])}
  />
);

const Fields = ({ rows }: { rows: [string, string, boolean, string][] }) => (
  <div class="wide fields">
    <table>
      {rows.map(([name, type, required, about]) => (
        <tr>
          <td>
            <code>{name}</code>
            {required && ' required'}
          </td>
          <td>{type}</td>
          <td>{about}</td>
        </tr>
      ))}
    </table>
  </div>
);

const Problems = () => (
  <div class="wide">
    <table>
      <tr>
        <th>Status</th>
        <th>Problem</th>
        <th>What to do</th>
      </tr>
      {Object.entries(PROBLEMS).map(([code, [status, title, hint]]) => (
        <tr id={code}>
          <td>{status}</td>
          <td>
            {title} <code>{code}</code>
          </td>
          <td>{hint}</td>
        </tr>
      ))}
    </table>
  </div>
);

function typeOf(schema: Schema): string {
  if (schema.enum) return schema.enum.map(String).join(' | ');
  if (schema.anyOf) return schema.anyOf.map(typeOf).join(' | ');
  const type = Array.isArray(schema.type) ? schema.type.join(' | ') : (schema.type ?? 'any');
  if (type === 'object' && schema.properties) return `{ ${Object.keys(schema.properties).join(', ')} }`;
  return type === 'array' && schema.items ? `list of ${typeOf(schema.items)}` : type;
}

function limitsOf(schema: Schema): string {
  const { minimum, maximum, maxLength } = schema;
  if (maxLength !== undefined) return `At most ${maxLength} characters`;
  if (minimum !== undefined && maximum !== undefined && maximum < Number.MAX_SAFE_INTEGER)
    return `${minimum} to ${maximum}`;
  return '';
}
