/** Where the pages are: what links, cookies and checks of origin follow from the gate's own address. */
export interface Site {
  /** `https://gate.example.com`: what browsers send as Origin. */
  origin: string;
  /** Before every path, where the gate does not stand at the root of its address; else empty. */
  base: string;
  isHttps: boolean;
}

export function siteOf(url: string): Site {
  const { origin, pathname, protocol } = new URL(url);
  return { origin, base: pathname.replace(/\/+$/, ''), isHttps: protocol === 'https:' };
}

export const isLoopback = (hostname: string): boolean =>
  /^(localhost|127(\.\d{1,3}){3}|\[::1\])$/.test(hostname);

const REQUEST_PATH = /^\/requests(\/[A-Za-z0-9_-]{1,100})?$/;

/** The page somebody comes back to after signing in: one of ours, or the front of nothing. Never another site's. */
export const returnPath = (wish: unknown): string | null =>
  typeof wish === 'string' && REQUEST_PATH.test(wish) ? wish : null;
