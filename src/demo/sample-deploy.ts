import { spawn } from 'node:child_process';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const BIN = fileURLToPath(new URL('sample/bin', import.meta.url));
const GATE = fileURLToPath(new URL('../cli/gate.cjs', import.meta.url));

export interface Step {
  environment: string;
  reason: string;
  argv: string[];
}

/** A deploy as teams write them: each command asks by itself. The programs are stand-ins that change nothing. */
export const STEPS: Step[] = [
  {
    environment: 'staging',
    reason: 'Release 4.2.0 to staging first',
    argv: ['helm', 'upgrade', 'web', 'charts/web', '--namespace', 'shop', '--set', 'image.tag=4.2.0'],
  },
  {
    environment: 'staging',
    reason: 'Is staging well?',
    argv: ['kubectl', '--namespace', 'shop', 'rollout', 'status', 'deployment/web'],
  },
  {
    environment: 'production',
    reason: 'Delivery notes need a new column (adds, removes nothing)',
    argv: ['db-migrate', 'up', '--database', 'shop', '--to', '0042'],
  },
  {
    environment: 'production',
    reason: 'Release 4.2.0',
    argv: [
      'kubectl',
      '--namespace',
      'shop',
      'set',
      'image',
      'deployment/web',
      'web=registry.example.com/web:4.2.0',
    ],
  },
  {
    environment: 'production',
    reason: 'The cache is warm, its job is in the way of the next one',
    argv: ['kubectl', '--namespace', 'shop', 'delete', 'job', 'warm-cache'],
  },
  {
    environment: 'payments',
    reason: 'Take up the new delivery notes',
    argv: ['kubectl', '--namespace', 'payments', 'rollout', 'restart', 'deployment/api'],
  },
];

export interface Surroundings {
  url: string;
  token: string;
  publicKey: string;
}

/**
 * Runs the steps one after the other through `gate run`, until one does not end with 0.
 * @returns the exit code of the last one, and how many ran
 */
export async function sampleDeploy(
  at: Surroundings,
  say: (line: string) => void,
  signal: AbortSignal,
): Promise<{ exitCode: number; ran: number }> {
  const env = environmentOf(at);
  for (const [i, step] of STEPS.entries()) {
    say(`\n[${i + 1}/${STEPS.length}] ${step.argv.join(' ')}`);
    const exitCode = await gateRun(step, env, signal);
    if (exitCode !== 0) return { exitCode, ran: i };
  }
  return { exitCode: 0, ran: STEPS.length };
}

function gateRun(step: Step, env: NodeJS.ProcessEnv, signal: AbortSignal): Promise<number> {
  return new Promise((resolve, reject) => {
    const flags = ['run', '--env', step.environment, '--reason', step.reason, '--', ...step.argv];
    const child = spawn(process.execPath, [GATE, ...flags], { env, stdio: ['ignore', 'inherit', 'inherit'] });
    // A Ctrl-C at the terminal has reached the child already.
    const stop = () => process.stdin.isTTY || child.kill('SIGINT');
    signal.addEventListener('abort', stop);
    child.once('error', reject);
    child.once('exit', (code) => {
      signal.removeEventListener('abort', stop);
      resolve(code ?? 1);
    });
  });
}

/** The variables a CI runner would set, so that the cards show where the request comes from. */
function environmentOf(at: Surroundings): NodeJS.ProcessEnv {
  const { GATE_TOKEN: _, CI: __, ...own } = process.env;
  return {
    ...own,
    PATH: `${BIN}${path.delimiter}${process.env.PATH ?? ''}`,
    GATE_URL: at.url,
    GATE_TOKEN: at.token,
    GATE_PUBLIC_KEY: at.publicKey,
    GITHUB_ACTIONS: 'true',
    GITHUB_SERVER_URL: 'https://code.example.com',
    GITHUB_REPOSITORY: 'example/shop',
    GITHUB_REF: 'refs/tags/v4.2.0',
    GITHUB_SHA: '8d3f1c0a97b2e4d65f10c3b8a7e29d4c6b5a1f02',
    GITHUB_RUN_ID: '1042',
    GITHUB_RUN_ATTEMPT: '1',
    GITHUB_JOB: 'deploy',
    GITHUB_ACTOR: 'cleo',
  };
}
