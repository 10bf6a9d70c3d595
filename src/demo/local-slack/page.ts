import { readFile } from 'node:fs/promises';
import { Hono, type Context as HonoContext } from 'hono';
import { streamSSE } from 'hono/streaming';
import { remember } from './authorize.ts';
import { isObject, type Json } from './checks.ts';
import type { Context } from './context.ts';
import type { Delivery } from './delivery.ts';
import { closeView, InputError, submit } from './modals.ts';
import { click, select } from './press.ts';
import { readKey, screenOf } from './screen.ts';
import { activePerson, type Target } from './seeing.ts';
import type { GivenValues } from './state-values.ts';
import { say, slash } from './typing.ts';

export type PageDeps = {
  context: Context;
  onChange: (listener: () => void) => () => void;
  openHome: (personId: string) => void;
};

const types: Record<string, string> = {
  html: 'text/html; charset=utf-8',
  css: 'text/css; charset=utf-8',
  js: 'text/javascript; charset=utf-8',
  svg: 'image/svg+xml',
};
/** Message text is hostile: no script, style, image or frame from anywhere but here. */
const policy = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self'",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ');
const headers = {
  'Content-Security-Policy': policy,
  'X-Content-Type-Options': 'nosniff',
  'Referrer-Policy': 'no-referrer',
  'Cache-Control': 'no-store',
};

/** The page that looks like Slack, and the few calls it makes. None of this is Slack's API. */
export function pageRoutes(deps: PageDeps): Hono {
  const app = new Hono();
  app.get('/', () => asset('index.html'));
  app.get('/archives/:channel/:message', () => asset('index.html'));
  app.get('/page/:name', (c) => asset(c.req.param('name')));
  app.use('/ui/*', async (c, next) => (isOwnPage(c) ? next() : c.text('Not from this page', 403)));
  app.get('/ui/events', (c) => screens(c, deps));
  app.get('/ui/files/:id', (c) => file(c, deps));
  app.post('/ui/act', async (c) => c.json(await act(deps, (await c.req.json()) as Json)));
  return app;
}

async function asset(name: string): Promise<Response> {
  const type = types[name.split('.').at(-1) ?? ''];
  if (!type || !/^[a-z-]+\.[a-z]+$/.test(name)) return new Response('Not found', { status: 404 });
  try {
    const text = await readFile(new URL(`./page/${name}`, import.meta.url), 'utf8');
    return new Response(text, { headers: { ...headers, 'Content-Type': type } });
  } catch {
    return new Response('Not found', { status: 404 });
  }
}

/** Another site in the same browser must not press buttons here, nor read along through a rebound name. */
function isOwnPage(c: HonoContext): boolean {
  const host = c.req.header('host') ?? '';
  const origin = c.req.header('origin');
  const isLocal = /^(localhost|127\.0\.0\.1|\[::1\])(:\d+)?$/.test(host);
  const isJson =
    c.req.method === 'GET' || c.req.header('content-type')?.startsWith('application/json') === true;
  return isLocal && isJson && (!origin || origin === `http://${host}`);
}

/** Sends the person's screen now and whenever something changed. */
function screens(c: HonoContext, { context, onChange }: PageDeps): Response {
  const wanted = c.req.query('as') ?? '';
  remember(c, actor(context, wanted).id);
  return streamSSE(c, async (stream) => {
    let wake = (): void => {};
    let isDirty = true;
    const stop = onChange(() => {
      isDirty = true;
      wake();
    });
    stream.onAbort(() => {
      stop();
      wake();
    });
    while (!stream.aborted && !stream.closed) {
      if (!isDirty) await new Promise<void>((resolve) => (wake = resolve));
      isDirty = false;
      const person = actor(context, wanted);
      await stream.writeSSE({
        event: 'screen',
        data: JSON.stringify(screenOf(context.workspace, person, context.commands)),
      });
      await stream.sleep(30);
    }
  });
}

function actor({ workspace }: Context, wanted: string): ReturnType<typeof activePerson> {
  const people = [...workspace.people.values()].filter((person) => !person.deleted && !person.isBot);
  return people.find(({ id }) => id === wanted) ?? people[0]!;
}

function file(c: HonoContext, { context }: PageDeps): Response {
  const found = context.workspace.files.get(c.req.param('id') ?? '');
  if (!found) return new Response('Not found', { status: 404 });
  return new Response(new Uint8Array(found.bytes), {
    headers: {
      ...headers,
      'Content-Type': 'text/plain; charset=utf-8',
      'Content-Disposition': `attachment; filename="${found.name.replace(/[^\w.-]/g, '_')}"`,
    },
  });
}

const notResponding = 'Gatehouse is not responding.';

/** One thing a person did in the page. Answers what to show them: a notice, errors of a form, or nothing. */
async function act(deps: PageDeps, body: Json): Promise<Json> {
  const { context } = deps;
  const text = (name: string): string => String(body[name] ?? '');
  const as = text('as');
  const target = body.target as Target;
  const values = isObject(body.values) ? (body.values as GivenValues) : {};
  const which = {
    values,
    value: body.value as string | undefined,
    blockId: body.blockId as string | undefined,
  };
  try {
    switch (body.do) {
      case 'click':
        return noticeOf(await click(context, as, target, text('actionId'), which));
      case 'select': {
        const chosen = body.chosen as string | string[];
        return noticeOf(
          await select(context, as, target, text('actionId'), chosen, { ...which, value: undefined }),
        );
      }
      case 'submit': {
        const { errors, trouble } = await submit(context, as, text('viewId'), values);
        return { errors, notice: trouble };
      }
      case 'close':
        await closeView(context, as, text('viewId'));
        return {};
      case 'slash':
        await slash(context, as, text('command'), text('text'), text('channel'));
        return {};
      case 'say':
        say(context, as, text('channel'), text('text'), (body.threadTs as string | undefined) || undefined);
        return {};
      case 'home':
        deps.openHome(activePerson(context.workspace, as).id);
        return {};
      case 'read':
        context.workspace.read.set(readKey(as, text('channel')), text('ts'));
        context.workspace.changed();
        return {};
      default:
        return { notice: 'That is not possible here.' };
    }
  } catch (problem) {
    if (problem instanceof InputError) return { errors: problem.errors };
    return { notice: problem instanceof Error ? problem.message : String(problem) };
  }
}

const noticeOf = (delivery: Delivery): Json => (delivery.status === 200 ? {} : { notice: notResponding });
