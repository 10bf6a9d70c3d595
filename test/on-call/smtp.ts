import type { AddressInfo } from 'node:net';
import { SMTPServer, type SMTPServerOptions } from 'smtp-server';

export interface ReceivedMail {
  to: string[];
  headers: Map<string, string>;
  /** The parts by their type, decoded. */
  parts: Map<string, string>;
  raw: string;
}

/** What the server does wrong, while it is set. */
export type SmtpTrouble =
  | { at: 'connect' | 'mail' | 'rcpt' | 'data'; code: number }
  | { at: 'silence' }
  | { at: 'lost answer' };

export interface MailHost {
  port: number;
  mails: ReceivedMail[];
  trouble: SmtpTrouble | null;
  /** Who logged in, and whether over TLS. */
  logins: { user: string; pass: string; secure: boolean }[];
  goDown(): Promise<void>;
  comeBack(): Promise<void>;
  close(): Promise<void>;
}

/** A real SMTP server on this machine. */
export async function startMailHost(options: SMTPServerOptions = {}): Promise<MailHost> {
  const fault = (code: number) => Object.assign(new Error(`refused with ${code}`), { responseCode: code });
  const at = (place: string) =>
    host.trouble && 'code' in host.trouble && host.trouble.at === place ? fault(host.trouble.code) : null;
  let server: SMTPServer;
  const build = () =>
    new SMTPServer({
      authOptional: true,
      disabledCommands: ['STARTTLS'],
      logger: false,
      allowInsecureAuth: true,
      onAuth: ({ username, password }, session, done) => {
        host.logins.push({ user: username ?? '', pass: password ?? '', secure: session.secure });
        if (password === 'right p@ss') done(null, { user: username ?? '' });
        else done(Object.assign(new Error(`bad login ${username} ${password}`), { responseCode: 535 }));
      },
      onConnect: (_, done) => (host.trouble?.at === 'silence' ? undefined : done(at('connect'))),
      onMailFrom: (_, __, done) => done(at('mail')),
      onRcptTo: ({ address }, _, done) =>
        done(
          address.startsWith('greylisted')
            ? fault(451)
            : address.startsWith('gone')
              ? fault(550)
              : at('rcpt'),
        ),
      onData: (stream, session, done) => {
        const chunks: Buffer[] = [];
        stream.on('data', (chunk: Buffer) => chunks.push(chunk));
        stream.on('end', () => {
          const refusal = at('data');
          if (refusal) return done(refusal);
          const to = session.envelope.rcptTo.map((one) => one.address);
          host.mails.push(readMail(Buffer.concat(chunks).toString('utf8'), to));
          if (host.trouble?.at !== 'lost answer') return done();
          for (const connection of server.connections) connection._socket.destroy();
        });
      },
      ...options,
    });
  const listen = (port: number): Promise<number> => {
    server = build();
    server.on('error', () => {});
    return new Promise((resolve) => {
      const listening = server.listen(port, '127.0.0.1', () =>
        resolve((listening.address() as AddressInfo).port),
      );
    });
  };
  const goDown = (): Promise<void> =>
    new Promise((resolve) => {
      for (const connection of server.connections) connection._socket.destroy();
      server.close(() => resolve());
    });
  const host: MailHost = {
    port: 0,
    mails: [],
    trouble: null,
    logins: [],
    goDown,
    comeBack: async () => void (await listen(host.port)),
    close: goDown,
  };
  host.port = await listen(0);
  return host;
}

function readMail(raw: string, to: string[]): ReceivedMail {
  const [head, body] = split(raw);
  const headers = headersOf(head);
  const boundary = /boundary="?([^";]+)"?/.exec(headers.get('content-type') ?? '')?.[1];
  const parts = new Map<string, string>();
  for (const part of boundary ? body.split(`--${boundary}`).slice(1, -1) : []) {
    const [partHead, content] = split(part.replace(/^\r\n/, ''));
    const partHeaders = headersOf(partHead);
    const type = (partHeaders.get('content-type') ?? '').split(';')[0] ?? '';
    parts.set(type, decode(content, partHeaders.get('content-transfer-encoding') ?? ''));
  }
  return { to, headers, parts, raw };
}

function split(text: string): [string, string] {
  const at = text.indexOf('\r\n\r\n');
  return [text.slice(0, at), text.slice(at + 4)];
}

const headersOf = (text: string): Map<string, string> =>
  new Map(
    text
      .replace(/\r\n[ \t]+/g, ' ')
      .split('\r\n')
      .map((row): [string, string] => {
        const at = row.indexOf(':');
        return [row.slice(0, at).toLowerCase(), encodedWords(row.slice(at + 1).trim())];
      }),
  );

const encodedWords = (text: string): string =>
  text
    .replace(/\?=\s+=\?/g, '?==?')
    .replace(/=\?utf-8\?([QB])\?([^?]*)\?=/gi, (_, form: string, coded: string) =>
      form.toUpperCase() === 'B'
        ? Buffer.from(coded, 'base64').toString('utf8')
        : decode(coded.replaceAll('_', ' '), 'quoted-printable'),
    );

function decode(text: string, encoding: string): string {
  if (/base64/i.test(encoding)) return Buffer.from(text, 'base64').toString('utf8');
  if (!/quoted-printable/i.test(encoding)) return text;
  const bytes = text
    .replace(/=\r\n/g, '')
    .replace(/=([0-9A-F]{2})/gi, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));
  return Buffer.from(bytes, 'latin1').toString('utf8');
}
