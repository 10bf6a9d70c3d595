import { describe, expect, it } from 'vitest';
import { checkOnCall, email, onCall } from '../../src/config/on-call-shape.ts';
import { andThen } from './page.ts';

const faultsOf = (primary: unknown): string[] =>
  onCall
    .safeParse({ primary })
    .error?.issues.map((issue) => `${issue.path.slice(1).join('.')}: ${issue.message}`) ?? [];

describe('who is on call', () => {
  it('is read with what is not said', () => {
    expect(
      onCall.parse({
        primary: { kind: 'pagerduty', routing_key: 'k', ...andThen('second') },
        second: { kind: 'opsgenie', api_key: 'k' },
        third: { kind: 'webhook', url: 'https://hooks.example.com/x' },
        mail: { kind: 'email', to: ['ana@example.com'] },
        slack: { kind: 'slack', users: ['U0123ABCD'] },
      }),
    ).toEqual({
      primary: {
        kind: 'pagerduty',
        routing_key: 'k',
        base_url: 'https://events.pagerduty.com',
        webhook_secrets: [],
        ...andThen('second'),
      },
      second: { kind: 'opsgenie', api_key: 'k', base_url: 'https://api.opsgenie.com', responders: [] },
      third: { kind: 'webhook', url: 'https://hooks.example.com/x', template: 'plain' },
      mail: { kind: 'email', to: ['ana@example.com'] },
      slack: { kind: 'slack', users: ['U0123ABCD'] },
    });
  });

  it.each([
    { kind: 'pagerduty', routing_key: 'k', base_url: 'https://events.eu.pagerduty.com/' },
    { kind: 'opsgenie', api_key: 'k', base_url: 'https://api.atlassian.com/jsm/ops/integration' },
    { kind: 'opsgenie', api_key: 'k', responders: [{ type: 'team', name: 'Platform' }] },
    { kind: 'webhook', url: 'http://localhost:8080/x?key=1', template: 'goalert' },
    { kind: 'webhook', url: 'http://127.0.0.1/', secret: '0123456789abcdef', token: 't' },
    { kind: 'webhook', url: 'http://[::1]:9/' },
  ])('%j', (primary) => expect(faultsOf(primary)).toEqual([]));

  it('has no slash at the end of a base address', () =>
    expect(
      onCall.parse({
        a: { kind: 'pagerduty', routing_key: 'k', base_url: 'https://events.eu.pagerduty.com//' },
      }).a,
    ).toMatchObject({ base_url: 'https://events.eu.pagerduty.com' }));

  const KINDS = 'write a kind: pagerduty, opsgenie, webhook, email or slack';
  const HTTPS = 'write https: secrets would travel in the clear';
  it.each<[string, unknown, string[]]>([
    ['no kind', {}, [`kind: ${KINDS}`]],
    ['another kind', { kind: 'sms' }, [`kind: ${KINDS}`]],
    ['only a word', 'pagerduty', [`: ${KINDS}`]],
    [
      'no key',
      { kind: 'pagerduty', routing_key: '' },
      ['routing_key: write it, such as "${PAGERDUTY_ROUTING_KEY}"'],
    ],
    ['only spaces', { kind: 'opsgenie', api_key: ' ' }, ['api_key: write it, such as "${OPSGENIE_API_KEY}"']],
    [
      'no web address',
      { kind: 'webhook', url: 'x' },
      ['url: write a web address such as https://hooks.exam'],
    ],
    ['another protocol', { kind: 'webhook', url: 'file:///etc/passwd' }, ['url: write a web address such']],
    ['http elsewhere', { kind: 'webhook', url: 'http://hooks.example.com/' }, [`url: ${HTTPS}`]],
    [
      'http to what looks like here',
      { kind: 'webhook', url: 'http://127.0.0.1.example.com/' },
      [`url: ${HTTPS}`],
    ],
    ['http to a name of the cloud', { kind: 'webhook', url: 'http://169.254.169.254/' }, [`url: ${HTTPS}`]],
    [
      'http to PagerDuty',
      { kind: 'pagerduty', routing_key: 'k', base_url: 'http://x.example' },
      ['base_url: write h'],
    ],
    [
      'a login in the address',
      { kind: 'webhook', url: 'https://u:p@hooks.example.com/' },
      ['url: take the name and the password out of the address'],
    ],
    [
      'a query in a base',
      { kind: 'opsgenie', api_key: 'k', base_url: 'https://x.example/?a' },
      ['base_url: leave out'],
    ],
    [
      'a short secret',
      { kind: 'webhook', url: 'https://x.example/', secret: 's' },
      ['secret: write at least 16 char'],
    ],
    [
      'a short secret',
      { kind: 'opsgenie', api_key: 'k', webhook_secret: 's' },
      ['webhook_secret: write at least 16'],
    ],
    [
      'another form',
      { kind: 'webhook', url: 'https://x.example/', template: 'x' },
      ['template: write one of plain,'],
    ],
    [
      'a nameless responder',
      { kind: 'opsgenie', api_key: 'k', responders: [{ type: 'team' }] },
      ['responders.0: say'],
    ],
    ['nobody', { kind: 'email', to: [] }, ['to: name somebody: nobody would be told']],
    [
      'no address',
      { kind: 'email', to: ['ana'] },
      ['to.0: write an e-mail address such as backup@example.com'],
    ],
    ['nobody', { kind: 'slack', users: [] }, ['users: name somebody: nobody would be told']],
    [
      'a name of Slack',
      { kind: 'slack', users: ['@ana'] },
      ['users.0: write a Slack user id such as U0123ABCD'],
    ],
    ['a key of another kind', { kind: 'slack', users: ['U0123'], to: [] }, [': Unrecognized key: "to"']],
  ])('is refused with %s', (_, primary, expected) => {
    const faults = faultsOf(primary);
    expect(faults).toHaveLength(expected.length);
    for (const [i, fault] of expected.entries()) expect(faults[i]).toContain(fault);
  });

  it.each(['a b', '', '/x', '-x', 'x'.repeat(64)])('has no name such as %j', (name) => {
    const [issue] = onCall.safeParse({ [name]: { kind: 'slack', users: ['U0123'] } }).error?.issues ?? [];
    expect(issue?.message).toBe('use letters, digits, "-", "_" and "." in the name');
  });

  it('tells no secret in a fault', () => {
    const { error } = onCall.safeParse({
      a: { kind: 'webhook', url: 'http://x.example/geheim', token: 5, secret: 'geheim' },
    });
    expect(error?.issues.length).toBe(3);
    expect(JSON.stringify(error?.issues.map((issue) => issue.message))).not.toContain('geheim');
  });
});

describe('how mail is sent', () => {
  const faults = (over: object) =>
    email.safeParse({ smtp: 'smtp://localhost', from: 'gate@example.com', ...over }).error?.issues ?? [];

  it.each([
    { smtp: 'smtp://mail.example.com' },
    { smtp: 'smtps://gate:p%40ss@mail.example.com:465' },
    { smtp: 'smtp://[::1]:2525/' },
    { from: 'Gatehouse <gate@example.com>' },
  ])('%j', (over) => expect(faults(over)).toEqual([]));

  it.each([
    { smtp: '' },
    { smtp: 'mail.example.com' },
    { smtp: 'https://mail.example.com' },
    { smtp: 'smtp://gate:100%@mail.example.com' },
    { smtp: 'smtp://gate:a#b@mail.example.com' },
    { smtp: 'smtp://mail.example.com?tls=no' },
    { smtp: 'smtp:///x' },
    { from: 'gate' },
    { from: 'Gate <gate>' },
    { from: 'Gate\r\nBcc: all@example.com <gate@example.com>' },
  ])('not %j', (over) => {
    expect(faults(over)).toHaveLength(1);
    expect(faults(over)[0]?.message).toMatch(/^write (smtp|an address)/);
  });
});

describe('what no shape shows', () => {
  const check = (document: unknown): string[] => {
    const found: string[] = [];
    checkOnCall(document, (path, message) => found.push(`${path}: ${message}`));
    return found;
  };
  const slack = { kind: 'slack', users: ['U0123'] };
  const environment = (over: object) => ({ production: over });

  it('the example of the design has no fault', () =>
    expect(
      check({
        on_call: { primary: { kind: 'pagerduty', routing_key: 'k' } },
        email: { smtp: 'smtp://x', from: 'gate@example.com' },
        environments: environment({
          escalation: [
            { after: '2m', tell: 'reviewers' },
            { after: '4m', tell: { users: ['U0BACKUP1'], emails: ['backup@example.com'] } },
            { after: '6m', page: 'primary' },
          ],
          page_at_once: { risk: 'HIGH', outside_office_hours: true, page: 'primary' },
        }),
      }),
    ).toEqual([]));

  it.each<[string, object, string[]]>([
    [
      'nobody on call',
      { environments: environment({ escalation: [{ page: 'primary' }] }) },
      ['environments.production.escalation.0.page: there is nobody under on_call: add "primary" there'],
    ],
    [
      'another name',
      { on_call: { a: slack, b: slack }, environments: environment({ page_at_once: { page: 'c' } }) },
      ['environments.production.page_at_once.page: there is no "c" under on_call: write one of a, b'],
    ],
    [
      'a name that every object has',
      { on_call: { a: { ...slack, ...andThen('constructor') } } },
      ['on_call.a.then: there is no "constructor" under on_call: write one of a'],
    ],
    [
      'itself',
      { on_call: { a: { ...slack, ...andThen('a') } } },
      ['on_call.a.then: it leads back to itself: a → a'],
    ],
    [
      'a circle, once',
      {
        on_call: {
          x: { ...andThen('b') },
          a: { ...andThen('b') },
          b: { ...andThen('c') },
          c: { ...andThen('a') },
        },
      },
      ['on_call.b.then: it leads back to itself: b → c → a → b'],
    ],
    [
      'a chain',
      { on_call: { a: { ...andThen('b') }, b: { ...andThen('c') }, c: {}, d: { ...andThen('b') } } },
      [],
    ],
    [
      'mail without a server',
      {
        on_call: { a: { kind: 'email', to: ['ana@example.com'] } },
        environments: environment({ escalation: [{ tell: { emails: ['ana@example.com'] } }] }),
      },
      [
        'on_call.a.kind: no mail can be sent: write email: { smtp, from } too',
        'environments.production.escalation.0.tell.emails: no mail can be sent: write email: { smtp, from } too',
      ],
    ],
    ['nobody told by mail', { environments: environment({ escalation: [{ tell: { emails: [] } }] }) }, []],
  ])('%s', (_, document, faults) => expect(check(document)).toEqual(faults));

  it.each([
    null,
    undefined,
    'text',
    [],
    { on_call: 5, environments: [] },
    {
      on_call: { a: null, b: 5, c: { ...andThen(7) } },
      environments: { x: null, y: { escalation: 'z', page_at_once: 1 } },
    },
    { environments: { x: { escalation: [null, 5, { page: 3, tell: { emails: 'x' } }] } } },
  ])('bears a document such as %j', (document) => expect(check(document)).toEqual([]));
});
