import { elementsOf, type Page, readPage } from './html.ts';

export interface Loaded {
  status: number;
  headers: Headers;
  body: string;
  /** The address after all redirects. */
  url: string;
  page: Page;
}

/**
 * What a browser without JavaScript does: keeps cookies by host, follows redirects, sends forms as they stand on the
 * page. Our pages send no referrer, so its forms say `Origin: null` and `Sec-Fetch-Site`, as Chromium's do.
 */
export class Browser {
  readonly cookies = new Map<string, string>();
  private readonly address: string;
  private readonly shownAs: string;

  /**
   * @param address where the gate listens
   * @param shownAs the gate's own address, as people know it
   */
  constructor(address: string, shownAs: string) {
    this.address = address;
    this.shownAs = shownAs;
  }

  get = (path: string, headers: Record<string, string> = {}) => this.load('GET', path, { headers });

  /** Sends any form; `fields` are its own words. */
  post = (path: string, fields: Record<string, string>, headers: Record<string, string> = {}) =>
    this.load('POST', path, {
      body: new URLSearchParams(fields).toString(),
      headers: {
        'content-type': 'application/x-www-form-urlencoded',
        origin: 'null',
        'sec-fetch-site': 'same-origin',
        ...headers,
      },
    });

  /** Sends the form of a page that leads there, with what somebody typed into it. */
  async send(from: Loaded, verb: string, typed: Record<string, string> = {}): Promise<Loaded> {
    const form = elementsOf(from.body, 'form').find(({ attributes }) => attributes.action?.endsWith(verb));
    if (!form) throw new Error(`there is no form for ${verb} on the page:\n${from.page.text}`);
    const hidden = form.inside
      .filter(({ tag, attributes }) => tag === 'input' && attributes.type === 'hidden')
      .map(({ attributes }) => [attributes.name ?? '', attributes.value ?? '']);
    return this.post(form.attributes.action ?? '', { ...Object.fromEntries(hidden), ...typed });
  }

  /** From any request's page, through Slack, back to it. */
  async signIn(person: string, path = '/requests/req_any'): Promise<Loaded> {
    const page = await this.get(path);
    return this.choose(await this.send(page, '/sign-in'), person);
  }

  /** At Slack's own page: continue as somebody. */
  async choose(at: Loaded, person: string): Promise<Loaded> {
    const link = elementsOf(at.body, 'a').find(({ attributes }) => attributes.href?.includes(`as=${person}`));
    if (!link) throw new Error(`nobody called ${person} to continue as:\n${at.page.text}`);
    return this.get(new URL(link.attributes.href ?? '', at.url).href);
  }

  /** One request, without following where it leads. */
  async once(method: string, path: string, init: RequestInit = {}): Promise<Response> {
    const url = new URL(path, this.shownAs);
    const jar = url.host;
    const answer = await fetch(
      url.origin === this.shownAs ? `${this.address}${url.pathname}${url.search}` : url,
      {
        method,
        redirect: 'manual',
        ...init,
        headers: {
          ...(init.headers as object),
          ...(this.cookies.get(jar) && { cookie: this.cookieHeader(jar) }),
        },
      },
    );
    for (const line of answer.headers.getSetCookie()) this.keep(jar, line);
    return answer;
  }

  private async load(method: string, path: string, init: RequestInit): Promise<Loaded> {
    let url = new URL(path, this.shownAs);
    let answer = await this.once(method, url.href, init);
    for (let hops = 0; leadsOn(answer); hops++) {
      if (hops > 10) throw new Error('redirected without end');
      url = new URL(leadsOn(answer) ?? '', url);
      answer = await this.once('GET', url.href);
    }
    const body = await answer.text();
    const isHtml = /html/.test(answer.headers.get('content-type') ?? '');
    return {
      status: answer.status,
      headers: answer.headers,
      body,
      url: url.href,
      page: isHtml ? readPage(body) : { text: body, elements: [] },
    };
  }

  private cookieHeader(jar: string): string {
    return [...new URLSearchParams(this.cookies.get(jar) ?? '')].map(([k, v]) => `${k}=${v}`).join('; ');
  }

  private keep(jar: string, line: string): void {
    const [pair = '', ...rest] = line.split(/;\s*/);
    const known = new URLSearchParams(this.cookies.get(jar) ?? '');
    const at = pair.indexOf('=');
    const isGone = rest.some((part) => /^max-age=0$/i.test(part));
    if (isGone) known.delete(pair.slice(0, at));
    else known.set(pair.slice(0, at), pair.slice(at + 1));
    this.cookies.set(jar, known.toString());
  }

  /** The cookie of that name here, as it was given. */
  cookie(name: string): string | null {
    return new URLSearchParams(this.cookies.get(new URL(this.shownAs).host) ?? '').get(name);
  }
  setCookie(name: string, value: string): void {
    this.keep(new URL(this.shownAs).host, `${name}=${value}`);
  }
}

/** Where a browser goes next by itself: a redirect, or a refresh at once. */
const leadsOn = ({ headers }: Response): string | null =>
  headers.get('location') ?? /^0;url=(.+)$/.exec(headers.get('refresh') ?? '')?.[1] ?? null;
