import type { LocalSlackOptions } from './local-slack/local-slack.ts';

/** Who is in the demo's Slack. Ana and Ben review; Cleo asks, so she may not approve; Dora is a guest. */
export const CAST = {
  people: [
    {
      id: 'UANA',
      name: 'ana',
      realName: 'Ana',
      title: 'Platform engineer, reviewer',
      tz: 'Europe/Berlin',
      email: 'ana@example.com',
    },
    {
      id: 'UBEN',
      name: 'ben',
      realName: 'Ben',
      title: 'Site reliability, reviewer',
      tz: 'Europe/Lisbon',
      email: 'ben@example.com',
    },
    {
      id: 'UCLEO',
      name: 'cleo',
      realName: 'Cleo',
      title: 'Developer, asks for the deploy',
      tz: 'Europe/Berlin',
      email: 'cleo@example.com',
    },
    {
      id: 'UDORA',
      name: 'dora',
      realName: 'Dora',
      title: 'Guest: sees the channel, may not decide',
      tz: 'UTC',
      email: 'dora@example.com',
      isGuest: true,
    },
  ],
  channels: [
    {
      id: 'C0PROD',
      name: 'deploys',
      topic: 'What staging and production are asked to run',
      members: ['UANA', 'UBEN', 'UCLEO', 'UDORA', 'UGATEHOUSE'],
    },
    {
      id: 'C0PAY',
      name: 'payments',
      topic: 'Two people decide here',
      members: ['UANA', 'UBEN', 'UCLEO', 'UGATEHOUSE'],
    },
  ],
} satisfies Pick<LocalSlackOptions, 'people' | 'channels'>;

export const DEMO_CONFIG = (url: string, modelUrl: string): string => `
url: ${url}
environments:
  staging: { channel: "#deploys", reviewers: channel }
  production:
    channel: "#deploys"
    reviewers: channel
    escalation:
      - { after: 1m, tell: reviewers }
      - { after: 2m, tell: { users: [UBEN] } }
      - { after: 3m, page: on-call }
    emergency: { users: [UBEN] }
  payments: { channel: "#payments", reviewers: channel, approvals: 2, production: true }
on_call:
  on-call: { kind: slack, users: [UBEN] }
people:
  - { slack: UCLEO, github: cleo }
learning:
  model: { base_url: "${modelUrl}", name: prepared answers }
`;
