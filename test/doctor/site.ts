import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll } from 'vitest';
import { type LocalSlack, startLocalSlack } from '../../src/demo/local-slack/local-slack.ts';
import { doctor } from '../../src/doctor/doctor.ts';
import type { Finding } from '../../src/doctor/finding.ts';
import { freePort, TOKENS } from '../support/story.ts';

const directories: string[] = [];
afterAll(() => {
  for (const directory of directories.splice(0)) rmSync(directory, { recursive: true, force: true });
});

export function freshDirectory(): string {
  const directory = mkdtempSync(path.join(tmpdir(), 'gatehouse-doctor-'));
  directories.push(directory);
  return directory;
}

export const GOOD = `
url: http://127.0.0.1:1
environments:
  staging: { channel: "#deploys", reviewers: channel, time_zone: Europe/Berlin }
`;

/** Ana and Ben are there, Gus is a guest, Rolf has left, Nora sleeps. */
export const doctorsSlack = (): Promise<LocalSlack> =>
  startLocalSlack({
    ...TOKENS,
    people: [
      { id: 'UANA', name: 'ana', realName: 'Ana', tz: 'Europe/Berlin' },
      { id: 'UBEN', name: 'ben', realName: 'Ben', tz: 'Europe/Berlin' },
      { id: 'UCLEO', name: 'cleo', realName: 'Cleo', tz: 'Europe/Berlin' },
      { id: 'UNORA', name: 'nora', realName: 'Nora', away: true },
      { id: 'UOMAR', name: 'omar', realName: 'Omar', away: true },
      { id: 'UGUS', name: 'gus', realName: 'Gus', isGuest: true },
      { id: 'UROLF', name: 'rolf', realName: 'Rolf', deleted: true },
    ],
    channels: [
      { id: 'C0DEPLOYS', name: 'deploys', members: ['UGATEHOUSE', 'UANA', 'UBEN', 'UCLEO', 'UGUS'] },
      { id: 'C0GUESTS', name: 'guests', members: ['UGATEHOUSE', 'UGUS'] },
      { id: 'C0ALONE', name: 'alone', members: ['UGATEHOUSE', 'UANA'] },
      { id: 'C0NIGHT', name: 'night', members: ['UGATEHOUSE', 'UNORA', 'UOMAR'] },
      { id: 'C0WITHOUT', name: 'without', members: ['UANA', 'UBEN'] },
      { id: 'C0OLD', name: 'old', members: ['UGATEHOUSE', 'UANA', 'UBEN'], archived: true },
    ],
    userGroups: [
      { id: 'S0DBA', handle: 'dba', users: ['UANA', 'UBEN', 'UCLEO'] },
      { id: 'S0EMPTY', handle: 'empty', users: [] },
    ],
  });

export interface Diagnosis {
  code: number;
  findings: Finding[];
  /** What is said of one thing, each as `fault: words → mend`. */
  of(name: string): string[];
}

/** What the doctor finds, with this file and these variables and nothing else. */
export async function diagnose(
  config: string,
  variables: Record<string, string> = {},
  options: { sendTest?: boolean } = {},
): Promise<Diagnosis> {
  const directory = freshDirectory();
  const file = path.join(directory, 'gatehouse.yaml');
  writeFileSync(file, config);
  let printed = '';
  const code = await doctor({
    variables: {
      GATE_DATA: path.join(directory, 'data'),
      HOST: '127.0.0.1',
      PORT: String(await freePort()),
      ...variables,
    },
    file,
    json: true,
    sendTest: options.sendTest ?? false,
    out: {
      write: (text) => {
        printed += text;
      },
    },
    isLive: false,
  });
  const { findings } = JSON.parse(printed) as { findings: Finding[] };
  return {
    code,
    findings,
    of: (name) =>
      findings
        .filter((finding) => finding.name === name)
        .map(({ status, says, mend }) => `${status}: ${says}${mend ? ` → ${mend}` : ''}`),
  };
}

export const slackTokens = (
  slack: LocalSlack,
  over: Record<string, string> = {},
): Record<string, string> => ({
  SLACK_BOT_TOKEN: TOKENS.botToken,
  SLACK_APP_TOKEN: TOKENS.appToken,
  SLACK_API_URL: slack.apiUrl,
  ...over,
});
