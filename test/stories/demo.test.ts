import { spawn } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { type Browser, chromium } from 'playwright-core';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { freshDirectory, Running } from '../support/gate-process.ts';

const GATE = fileURLToPath(new URL('../../src/cli/gate.cjs', import.meta.url));
const BROWSER = [process.env.CHROMIUM_PATH, '/usr/bin/chromium', '/usr/bin/google-chrome'].find(
  (file) => file && existsSync(file),
);

vi.setConfig({ testTimeout: 90_000 });

const started: Demo[] = [];
afterEach(() => {
  for (const demo of started.splice(0)) if (demo.left().length > 0) process.kill(-demo.group, 'SIGKILL');
});

/** `gate demo` with everything that it starts, in a process group of its own, as a terminal has it. */
class Demo extends Running {
  readonly group: number;
  readonly directory: string;

  constructor(...flags: string[]) {
    const directory = freshDirectory();
    const child = spawn(process.execPath, [GATE, 'demo', '--slack-port', '0', '--port', '0', ...flags], {
      env: { PATH: process.env.PATH, HOME: directory, XDG_CONFIG_HOME: directory, TMPDIR: directory },
      stdio: ['ignore', 'pipe', 'pipe'],
      detached: true,
    });
    super(child);
    this.group = child.pid ?? 0;
    this.directory = directory;
    started.push(this);
  }

  /** Its processes that still live. One that has ended and that nobody asked for how does not count. */
  left(): string[] {
    const stats = readdirSync('/proc')
      .filter((name) => /^\d+$/.test(name))
      .map((pid) => readOrEmpty(`/proc/${pid}/stat`));
    return stats.filter((stat) => {
      const [state, , group] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
      return Number(group) === this.group && state !== 'Z';
    });
  }

  /** What it left on the disk. */
  leftovers(): string[] {
    return readdirSync(this.directory).filter((name) => name.startsWith('gatehouse-'));
  }

  async slackUrl(): Promise<string> {
    await this.says(/Open {2}http/);
    return /Open {2}(\S+)/.exec(this.stdout)?.[1] ?? '';
  }
}

function readOrEmpty(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}

const expectNothingLeft = async (demo: Demo) => {
  await expect.poll(() => demo.left()).toEqual([]);
  expect(demo.leftovers()).toEqual([]);
};

interface Place {
  channel: string;
  ts: string;
}

/** Of what the page is sent, what is needed here. */
interface Screen {
  messages: Record<string, (Place & { blocks?: { elements?: { action_id?: string }[] }[] })[]>;
}

// Processes are counted in /proc.
describe.runIf(process.platform === 'linux')('gate demo', () => {
  it('--auto: six commands are approved and run, it exits 0, and nothing is left', async () => {
    const demo = new Demo('--auto');
    const from = performance.now();
    const { code, stdout, stderr } = await demo.ended;
    expect(code, `${stdout}${stderr}`).toBe(0);
    expect(performance.now() - from).toBeLessThan(60_000);
    expect(stdout).toContain('The deploy went through: 6 commands, each approved by itself.');
    expect(stderr.match(/ended with exit code 0/g)).toHaveLength(6);
    expect(stderr).toMatch(/approved by Ana and Ben/);
    await expectNothingLeft(demo);
  });

  it('a press in the page lets the first command run, and Ctrl-C ends it all', async () => {
    const demo = new Demo();
    const url = await demo.slackUrl();
    await demo.says(/waiting for approval in staging/);
    const card = await cardSeenBy('UANA', url);
    const press = await fetch(`${url}/ui/act`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ do: 'click', as: 'UANA', target: card, actionId: 'approve' }),
    });
    expect(await press.json()).toEqual({});
    // What it says stands before what the deploy's commands say.
    await demo.says(/\[2\/6\][\s\S]*ended with exit code 0[\s\S]*waiting for approval/);

    // A terminal sends the signal to every process in it.
    process.kill(-demo.group, 'SIGINT');
    const { code, stdout } = await demo.ended;
    expect(code).not.toBe(0);
    expect(stdout).toContain('The deploy stopped.');
    await expectNothingLeft(demo);
  });

  it.skipIf(!BROWSER)(
    `a click in a real browser lets the command run (${BROWSER ?? 'skipped: no Chromium here, name one with CHROMIUM_PATH'})`,
    async () => {
      const demo = new Demo();
      const url = await demo.slackUrl();
      const browser: Browser = await chromium.launch({ executablePath: BROWSER, args: ['--no-sandbox'] });
      try {
        const page = await browser.newPage();
        await page.goto(url);
        await page.getByRole('button', { name: 'Approve on staging' }).first().click();
        await demo.says(/approved by Ana[\s\S]*ended with exit code 0/);
        await page.getByText('Ran: exit 0').first().waitFor();
      } finally {
        await browser.close();
      }
      process.kill(demo.child.pid ?? 0, 'SIGINT');
      await demo.ended;
      await expectNothingLeft(demo);
    },
  );
});

/** The first card with an Approve button that a person sees, as the page is sent it. */
async function cardSeenBy(person: string, url: string): Promise<Place> {
  const stop = new AbortController();
  const answer = await fetch(`${url}/ui/events?as=${person}`, { signal: stop.signal });
  let text = '';
  for await (const chunk of answer.body!.pipeThrough(new TextDecoderStream())) {
    text += chunk;
    const events = text.split('\n\n');
    text = events.pop() ?? '';
    for (const event of events) {
      const data = /^data: (.*)$/m.exec(event)?.[1] ?? '';
      const shown = Object.values((JSON.parse(data) as Screen).messages).flat();
      const card = shown.find(({ blocks }) =>
        blocks?.some(({ elements }) => elements?.some((one) => one.action_id === 'approve')),
      );
      if (!card) continue;
      stop.abort();
      return { channel: card.channel, ts: card.ts };
    }
  }
  throw new Error('the page is sent nothing more');
}
