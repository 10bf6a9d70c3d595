import type { Context } from 'hono';
import { deleteCookie, getCookie, setCookie } from 'hono/cookie';
import type { Site } from './site.ts';

/** `session`: who is signed in. `sign-in`: the state of a sign-in this browser began. `said`: what to say on the next page. */
type Name = 'session' | 'sign-in' | 'said';

/** `__Host-`: set by us alone, over https, for this host. Browsers refuse that prefix on plain http. */
const named = (site: Site, name: Name): string => `${site.isHttps ? '__Host-' : ''}gatehouse-${name}`;

export const readCookie = (c: Context, site: Site, name: Name): string | undefined =>
  getCookie(c, named(site, name));

/** Lax, not Strict: people come here by a link in Slack or a mail, and back from Slack when they sign in. */
const options = (site: Site) =>
  ({ path: '/', httpOnly: true, secure: site.isHttps, sameSite: 'Lax' }) as const;

export const giveCookie = (c: Context, site: Site, name: Name, value: string, seconds: number): void =>
  setCookie(c, named(site, name), value, { ...options(site), maxAge: seconds });

export const dropCookie = (c: Context, site: Site, name: Name): void => {
  deleteCookie(c, named(site, name), options(site));
};
