import { pagerServer } from '../../src/demo/pagers/pager-server.ts';

/** Our side of a webhook, before there is a route for it. */
export interface Listener {
  url: string;
  /** What it answers. */
  status: number;
  messages: { headers: Headers; body: string }[];
  close(): Promise<void>;
}

export async function listener(): Promise<Listener> {
  const server = await pagerServer(({ headers, body }) => {
    const plain = Object.entries(headers).map(([name, value]): [string, string] => [name, String(value)]);
    gate.messages.push({ headers: new Headers(plain), body });
    return { status: gate.status };
  });
  const gate: Listener = { url: server.url, status: 202, messages: [], close: server.close };
  return gate;
}
