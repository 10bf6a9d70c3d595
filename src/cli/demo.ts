import { readArguments } from './arguments.ts';

const HELP = `gate demo [--auto]

Starts a gate, an embedded database and a local Slack in the browser, and lets a
sample deploy ask its way through. Everything is on this machine and is gone with it.

  --auto            presses the buttons itself; exits 0 when the deploy went through
  --slack-port N    where the local Slack is shown (4100)
  --port N          where the gate listens (3000)

Example:
  gate demo
`;

const OPTIONS = {
  auto: { type: 'boolean' },
  'slack-port': { type: 'string' },
  port: { type: 'string' },
} as const;

export async function run(argv: string[]): Promise<number> {
  const given = readArguments(argv, { options: OPTIONS, help: HELP });
  if (!given) return 0;
  const { demo } = await import('../demo/demo.ts');
  const stop = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => stop.abort());
  return demo({
    auto: given.values.auto ?? false,
    slackPort: Number(given.values['slack-port'] ?? 4100),
    gatePort: Number(given.values.port ?? 3000),
    say: (line) => process.stdout.write(`${line}\n`),
    signal: stop.signal,
  });
}
