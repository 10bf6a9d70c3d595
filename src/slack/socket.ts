import { SocketModeReceiver } from '@slack/bolt';
import type { WebClientOptions } from '@slack/web-api';
import { boltLogger, type Log } from './log.ts';

const LONGEST_PAUSE_MS = 30_000;

export interface Socket {
  receiver: SocketModeReceiver;
  /** Connects, and connects again for as long as it is not stopped. */
  connect(): void;
  isConnected(): boolean;
  problem(): string | null;
  stop(): Promise<void>;
}

/**
 * Slack over a web socket, for those without a public address. Bolt's own reconnecting waits five seconds each time,
 * and a failure in it is an unhandled rejection that ends the process; so it is switched off and done here.
 */
export function openSocket(options: { appToken: string; clientOptions: WebClientOptions; log: Log }): Socket {
  const receiver = new SocketModeReceiver({
    appToken: options.appToken,
    autoReconnectEnabled: false,
    logger: boltLogger(options.log),
    installerOptions: { clientOptions: options.clientOptions },
  });
  let isStopped = false;
  let isConnected = false;
  let problem: string | null = 'not connected yet';
  let timer: NodeJS.Timeout | undefined;
  let failures = 0;

  const again = (error: unknown) => {
    isConnected = false;
    if (isStopped) return;
    problem = error instanceof Error ? error.message : 'the connection was closed';
    clearTimeout(timer);
    const pause = failures === 0 ? 100 : Math.min(LONGEST_PAUSE_MS, 500 * 2 ** failures);
    failures += 1;
    timer = setTimeout(connect, pause * (0.75 + Math.random() / 2));
  };
  const connect = () => {
    receiver.start().then(() => {
      if (isStopped) return;
      isConnected = true;
      problem = null;
      failures = 0;
      receiver.client.once('disconnected', again);
    }, again);
  };

  return {
    receiver,
    connect,
    isConnected: () => isConnected,
    problem: () => problem,
    stop: async () => {
      isStopped = true;
      clearTimeout(timer);
      if (isConnected)
        await Promise.race([receiver.stop(), new Promise((done) => setTimeout(done, 2000).unref())]);
    },
  };
}
