/** Something on this side has to be set right first; nothing was sent. */
export class Misconfigured extends Error {
  /** What to do about it. */
  readonly hint: string;
  constructor(message: string, hint: string) {
    super(message);
    this.hint = hint;
  }
}

/** The address of a gate, ending in a slash. A token never travels unencrypted to another machine unless allowed. */
export function readAddress(options: { url: string; token: string; allowInsecure?: boolean }): URL {
  const base = parse(options.url);
  if (!base || !/^https?:$/.test(base.protocol))
    throw new Misconfigured(`not a web address: ${options.url}`, 'write it as https://gate.example.com');
  if (base.username || base.password)
    throw new Misconfigured(
      'the address carries a user or password',
      'leave it out; the token goes into GATE_TOKEN',
    );
  if (base.protocol === 'http:' && options.token && !options.allowInsecure && !isLoopback(base.hostname))
    throw new Misconfigured(
      `the token would travel unencrypted to ${base.hostname}`,
      'use https://, or set GATE_INSECURE=1 if nobody else can read this network',
    );
  base.search = '';
  base.hash = '';
  if (!base.pathname.endsWith('/')) base.pathname += '/';
  return base;
}

const isLoopback = (hostname: string): boolean => /^(localhost|127(\.\d+){3}|\[::1\])$/.test(hostname);

function parse(url: string): URL | null {
  try {
    return new URL(url);
  } catch {
    return null;
  }
}
