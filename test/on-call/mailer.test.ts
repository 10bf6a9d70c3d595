import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createMailer, type Mail } from '../../src/on-call/mailer.ts';
import type { Delivery } from '../../src/on-call/on-call.ts';
import { page } from './page.ts';
import { type MailHost, startMailHost } from './smtp.ts';
import { one } from './worlds.ts';

let host: MailHost;
beforeEach(async () => {
  host = await startMailHost();
});
afterEach(() => host.close());

const PASSWORD = 'right p@ss';
const FROM = 'Gatehouse <gate@example.com>';
const mail: Mail = {
  to: ['ana@example.com'],
  subject: 'Freigabe für „production“ 🚦',
  text: 'Grüße,\n-- \nGatehouse',
  html: '<p>Grüße</p>',
  key: 'r1/asked',
};
const at = (login = '') => `smtp://${login}127.0.0.1:${host.port}`;
const send = (over: Partial<Mail> = {}, smtp = at()): Promise<Delivery> =>
  createMailer({ smtp, from: FROM }).send({ ...mail, ...over });

describe('a mail', () => {
  it('arrives in both forms, and says that a machine wrote it', async () => {
    expect(await send()).toMatchObject({ ok: true });
    const [got] = host.mails;
    expect(got?.to).toEqual(['ana@example.com']);
    expect([...(got?.parts ?? [])]).toEqual([
      ['text/plain', expect.stringContaining('Grüße,')],
      ['text/html', expect.stringContaining('<p>Grüße</p>')],
    ]);
    expect(got?.headers.get('subject')).toBe(mail.subject);
    expect(got?.headers.get('from')).toBe(FROM);
    expect(got?.headers.get('auto-submitted')).toBe('auto-generated');
    expect(got?.headers.get('x-auto-response-suppress')).toBe('All');
    expect(got?.headers.has('date')).toBe(true);
    expect(got?.headers.has('x-mailer')).toBe(false);
  });

  it('has a Message-ID by its key, and the mail that follows names it', async () => {
    const [first, again, other, reply] = [
      await send(),
      await send({ subject: 'another' }),
      await send({ key: 'r2/asked' }),
      await send({ key: 'r1/ended', inReplyTo: 'r1/asked' }),
    ].map((delivery) => (delivery.ok ? delivery.reference : null));
    expect(first).toMatch(/^<[0-9a-f]{40}@example\.com>$/);
    expect(again).toBe(first);
    expect(new Set([first, other, reply]).size).toBe(3);
    const headers = host.mails.map((got) => got.headers);
    expect(headers.map((one) => one.get('message-id'))).toEqual([first, first, other, reply]);
    expect(headers[3]?.get('in-reply-to')).toBe(first);
    expect(headers[3]?.get('references')).toBe(first);
    expect(headers[0]?.has('in-reply-to')).toBe(false);
  });

  it('keeps a subject one header, whatever is in it', async () => {
    await send({ subject: 'a\r\nBcc: all@example.com' });
    expect(host.mails[0]?.to).toEqual(['ana@example.com']);
    expect(host.mails[0]?.headers.has('bcc')).toBe(false);
  });

  it('reads no file and no address of the net', async () => {
    const path = { path: '/etc/hostname' } as unknown as string;
    expect((await send({ text: path })).ok).toBe(false);
    expect(host.mails).toEqual([]);
  });
});

describe('what the server answers', () => {
  it.each<[string, MailHost['trouble'], boolean, string]>([
    ['busy at the door', { at: 'connect', code: 421 }, true, '421'],
    ['greylisted', { at: 'rcpt', code: 451 }, true, '451'],
    ['full for now', { at: 'data', code: 452 }, true, '452'],
    ['closed', { at: 'connect', code: 554 }, false, '554'],
    ['a sender it does not want', { at: 'mail', code: 550 }, false, '550'],
    ['nobody of that name', { at: 'rcpt', code: 550 }, false, '550'],
    ['no spam please', { at: 'data', code: 554 }, false, '554'],
  ])('%s', async (_, trouble, retry, code) => {
    host.trouble = trouble;
    expect(await send()).toEqual({
      ok: false,
      retry,
      ...(retry && { afterSeconds: null }),
      problem: expect.stringContaining(`the mail server answered ${code}`),
    });
    host.trouble = null;
    expect(await send()).toMatchObject({ ok: true });
  });

  it('nothing: then nobody knows', async () => {
    host.trouble = { at: 'silence' };
    const timeouts = { connectMs: 60_000, greetingMs: 40, socketMs: 60_000 };
    expect(await createMailer({ smtp: at(), from: FROM }, timeouts).send(mail)).toEqual({
      ok: false,
      retry: true,
      afterSeconds: null,
      problem: 'the mail server gave no answer in time',
    });
  }, 10_000);

  it('is not there', async () => {
    await host.goDown();
    expect(await send()).toMatchObject({
      retry: true,
      problem: 'the mail server could not be reached (ECONNREFUSED)',
    });
    await host.comeBack();
  });

  it('one of several is unknown: the others have it', async () => {
    expect(await send({ to: ['gone@example.com', 'ana@example.com'] })).toMatchObject({ ok: true });
    expect(host.mails[0]?.to).toEqual(['ana@example.com']);
  });

  it('one of several is put off: again, under the same Message-ID', async () => {
    const to = ['greylisted@example.com', 'ana@example.com'];
    expect(await send({ to })).toMatchObject({ ok: false, retry: true });
    await send({ to });
    expect(new Set(host.mails.map((got) => got.headers.get('message-id'))).size).toBe(1);
  });
});

describe('the login', () => {
  it('is the one of the address', async () => {
    expect(await send({}, at(`gate:${encodeURIComponent(PASSWORD)}@`))).toMatchObject({ ok: true });
    expect(host.logins).toEqual([{ user: 'gate', pass: PASSWORD, secure: false }]);
  });

  it('is in no problem when it is wrong, although the server repeats it', async () => {
    const failed = await send({}, at('gate:wr0ng%3Apass@'));
    expect(failed).toMatchObject({ retry: false, problem: expect.stringContaining('535') });
    expect(host.logins[0]?.pass).toBe('wr0ng:pass');
    for (const secret of ['wr0ng', Buffer.from('wr0ng:pass').toString('base64')])
      expect(JSON.stringify(failed)).not.toContain(secret);
  });

  it('goes to no other machine in the clear', async () => {
    // It leads here, and is not known for that.
    const smtp = `smtp://gate:${encodeURIComponent(PASSWORD)}@[::ffff:127.0.0.1]:${host.port}`;
    expect(await send({}, smtp)).toEqual({
      ok: false,
      retry: false,
      problem: 'the mail server has no STARTTLS, and no password is sent in the clear',
    });
    expect(host.logins).toEqual([]);
    expect(host.mails).toEqual([]);
    expect(await send({}, smtp.replace(/\/\/.*@/, '//'))).toMatchObject({ ok: true });
  });
});

describe('on call by mail', () => {
  const onCall = () =>
    one(
      { kind: 'email', to: ['ana@example.com', 'ben@example.com'] },
      { mailer: createMailer({ smtp: at(), from: FROM }) },
    );

  it('one mail at the beginning, one in its thread at the end', async () => {
    await onCall().trigger(page());
    await onCall().resolve(page({ ending: 'approved by Ana' }));
    const [asked, ended] = host.mails;
    expect(asked?.to).toEqual(['ana@example.com', 'ben@example.com']);
    expect(asked?.headers.get('subject')).toBe('production: approve "kubectl delete pod web-1"? HIGH risk');
    expect(ended?.headers.get('subject')).toBe(`Re: ${asked?.headers.get('subject')}`);
    expect(ended?.headers.get('in-reply-to')).toBe(asked?.headers.get('message-id'));
    expect(asked?.parts.get('text/plain')).toContain('Open the page, read the command');
    expect(ended?.parts.get('text/plain')).toContain('It is over: approved by Ana.');
  });

  it('has one link and loads nothing', async () => {
    await onCall().trigger(page({ details: { Why: 'see https://evil.example and bob@evil.example' } }));
    const html = host.mails[0]?.parts.get('text/html') ?? '';
    const text = host.mails[0]?.parts.get('text/plain') ?? '';
    expect(html.match(/https?:\/\/[^\s"<]+/g)).toEqual([page().url]);
    expect(text.match(/https?:\/\/\S+/g)).toEqual([page().url]);
    expect(html).not.toMatch(/<(img|link|script|style|iframe|form|input|button|object|video)\b|url\(/i);
  });
});

it('without a mail server says so', async () => {
  const onCall = one({ kind: 'email', to: ['ana@example.com'] });
  expect(await onCall.trigger(page())).toEqual({
    ok: false,
    retry: false,
    problem: 'there is no mail server',
  });
});
