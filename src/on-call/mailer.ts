import { createTransport } from 'nodemailer';
import type { EmailConfig } from '../config/on-call-shape.ts';
import { again, delivered, refused } from './delivery.ts';
import type { Delivery } from './on-call.ts';
import { quoted } from './plain.ts';
import { sha256Hex } from './signatures.ts';

export interface Mail {
  to: string[];
  subject: string;
  text: string;
  html: string;
  /** The same mail has the same key: its Message-ID comes from it, so a repeat can be recognised. */
  key: string;
  /** The key of the mail it follows, in one thread. */
  inReplyTo?: string;
}

export interface Mailer {
  send(mail: Mail): Promise<Delivery>;
  /** Connects and logs in, as for a mail, and sends none. */
  check(): Promise<Delivery>;
}

const TIMEOUTS = { connectMs: 5000, greetingMs: 5000, socketMs: 10_000 };

/** Sends mail over SMTP, one connection a mail. It does not reject: a failure is a value. */
export function createMailer({ smtp, from }: EmailConfig, timeouts = TIMEOUTS): Mailer {
  const server = readServer(smtp);
  const transport = createTransport({
    ...server,
    connectionTimeout: timeouts.connectMs,
    greetingTimeout: timeouts.greetingMs,
    socketTimeout: timeouts.socketMs,
    disableFileAccess: true,
    disableUrlAccess: true,
  });
  const domain = /@([^@<>\s]+)>?\s*$/.exec(from)?.[1] ?? 'gatehouse.invalid';
  const messageId = (key: string): string => `<${sha256Hex(key).slice(0, 40)}@${domain}>`;
  return {
    send: async ({ to, subject, text, html, key, inReplyTo }) => {
      const id = messageId(key);
      try {
        const sent = await transport.sendMail({
          from,
          to,
          subject,
          text,
          html,
          messageId: id,
          ...(inReplyTo !== undefined && {
            inReplyTo: messageId(inReplyTo),
            references: messageId(inReplyTo),
          }),
          headers: { 'Auto-Submitted': 'auto-generated', 'X-Auto-Response-Suppress': 'All' },
        });
        // Those who had it know the repeat by its Message-ID; whom greylisting put off must not go without.
        const putOff = (sent.rejectedErrors as SmtpError[] | undefined)?.find(
          (one) => one.permanent === false,
        );
        return putOff ? failureOf(putOff, server.auth) : delivered(id);
      } catch (error) {
        return failureOf(error as SmtpError, server.auth);
      }
    },
    check: async () => {
      try {
        await transport.verify();
        return delivered();
      } catch (error) {
        return failureOf(error as SmtpError, server.auth);
      }
    },
  };
}

interface SmtpError {
  code?: string;
  originalCode?: string;
  response?: string;
  responseCode?: number;
  permanent?: boolean;
}
type Login = { user: string; pass: string };

function readServer(smtp: string) {
  const url = new URL(smtp);
  const host = url.hostname.replace(/^\[|\]$/g, '');
  const auth: Login | undefined = url.username
    ? { user: decodeURIComponent(url.username), pass: decodeURIComponent(url.password) }
    : undefined;
  return {
    host,
    port: url.port === '' ? undefined : Number(url.port),
    secure: url.protocol === 'smtps:',
    // Whoever hides STARTTLS on the way gets no password.
    requireTLS: auth !== undefined && !/^(localhost|127\.\d+\.\d+\.\d+|::1)$/.test(host),
    auth,
  };
}

/** A reply decides: 4xx passes, 5xx does not. Without one nobody knows whether the mail went out. */
function failureOf(error: SmtpError, login: Login | undefined): Delivery {
  if (error.code === 'ETLS' && error.permanent)
    return refused('the mail server has no STARTTLS, and no password is sent in the clear');
  if (error.responseCode === undefined)
    return again(
      error.code === 'ETIMEDOUT'
        ? 'the mail server gave no answer in time'
        : `the mail server could not be reached${codeIn(error)}`,
    );
  const said = quoted(error.response ?? '', login ? secretsOf(login) : []);
  const problem = `the mail server answered ${said || error.responseCode}`;
  return error.permanent ? refused(problem) : again(problem);
}

function codeIn({ originalCode, code }: SmtpError): string {
  const shown = originalCode ?? code;
  return typeof shown === 'string' && /^[A-Z_0-9]+$/.test(shown) ? ` (${shown})` : '';
}

/** As they are, and as they travel. */
function secretsOf({ user, pass }: Login): string[] {
  const encoded = (text: string) => Buffer.from(text).toString('base64');
  return [pass, encoded(pass), encoded(`\0${user}\0${pass}`)];
}
