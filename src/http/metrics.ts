import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';
import type { GateEvent } from '../gate/deps.ts';

export interface Metrics {
  registry: Registry;
  /** Counts what verbs tell. */
  observe(event: GateEvent): void;
  httpSeconds: Histogram<'method' | 'route' | 'status'>;
  pending: Gauge<'environment'>;
  unshownCards: Gauge<string>;
}

/** The figures of this process, in a registry of their own. Names carry units. */
export function createMetrics(): Metrics {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  const registers = [registry];
  const counter = <L extends string>(name: string, help: string, labelNames: L[]) =>
    new Counter({ name: `gatehouse_${name}`, help, labelNames, registers });

  const submitted = counter('requests_total', 'Requests submitted', ['environment', 'level', 'state']);
  const decided = counter('decisions_total', 'Requests ended', ['environment', 'state', 'by']);
  const refused = counter('votes_refused_total', 'Clicks that did not count', ['environment', 'code']);
  const completed = counter('commands_completed_total', 'Commands that ran', ['environment', 'success']);
  const lapsed = counter('approvals_lapsed_total', 'Approvals not used in time', ['environment']);
  const escalated = counter('escalation_steps_total', 'Steps of ladders taken', [
    'environment',
    'step',
    'nobody',
  ]);
  const deliveries = counter('deliveries_total', 'Messages and pages, by what became of them', [
    'way',
    'result',
  ]);
  const nightSeconds = new Gauge({
    name: 'gatehouse_night_seconds',
    help: 'How long the steps of the last night took here',
    labelNames: ['step'],
    registers,
  });
  const modelAnswers = counter(
    'model_answers_total',
    'Questions to the language model, by what came of them',
    ['prompt', 'result'],
  );
  const faults = counter('faults_total', 'Internal faults; the log says more', []);
  const seconds = [0.01, 0.1, 1, 5, 15, 60, 300, 900, 3600];
  const decisionSeconds = new Histogram({
    name: 'gatehouse_decision_seconds',
    help: 'From the request to its end',
    labelNames: ['environment', 'state'],
    buckets: seconds,
    registers,
  });
  const lateness = new Histogram({
    name: 'gatehouse_timer_lateness_seconds',
    help: 'How late timers fired',
    labelNames: ['timer'],
    buckets: [0.1, 0.5, 1, 2, 5, 10, 60],
    registers,
  });

  const modelSeconds = new Histogram({
    name: 'gatehouse_model_seconds',
    help: 'How long the language model took',
    labelNames: ['prompt'],
    buckets: [0.1, 0.5, 1, 2, 5, 10, 30, 60],
    registers,
  });

  return {
    registry,
    httpSeconds: new Histogram({
      name: 'gatehouse_http_seconds',
      help: 'Time to answer HTTP requests; long polls wait on purpose',
      labelNames: ['method', 'route', 'status'],
      buckets: [0.005, 0.025, 0.1, 0.5, 2, 10, 60],
      registers,
    }),
    pending: new Gauge({
      name: 'gatehouse_pending_requests',
      help: 'Waiting for people',
      labelNames: ['environment'],
      registers,
    }),
    unshownCards: new Gauge({
      name: 'gatehouse_unshown_cards',
      help: 'Cards Slack does not show as they are',
      registers,
    }),
    observe(event) {
      switch (event.kind) {
        case 'submitted':
          return submitted.inc({ environment: event.environment, level: event.level, state: event.state });
        case 'decided':
          decided.inc({ environment: event.environment, state: event.state, by: event.by });
          return decisionSeconds.observe(
            { environment: event.environment, state: event.state },
            event.seconds,
          );
        case 'vote-refused':
          return refused.inc({ environment: event.environment, code: event.code });
        case 'completed':
          return completed.inc({ environment: event.environment, success: String(event.exitCode === 0) });
        case 'lapsed':
          return lapsed.inc({ environment: event.environment });
        case 'timer-fired':
          return lateness.observe({ timer: event.timer }, event.lateSeconds);
        case 'escalated':
          return escalated.inc({
            environment: event.environment,
            step: event.step,
            nobody: String(event.nobody),
          });
        case 'delivered':
          return deliveries.inc({ way: event.way, result: 'delivered' });
        case 'not-delivered':
          return deliveries.inc({ way: event.way, result: event.final ? 'given-up' : 'failed' });
        case 'model-asked':
          modelAnswers.inc({ prompt: event.prompt, result: event.result });
          return modelSeconds.observe({ prompt: event.prompt }, event.seconds);
        case 'fault':
          return faults.inc();
        case 'night':
          return nightSeconds.set({ step: event.step }, event.seconds);
        case 'voted':
        case 'started':
          return;
      }
    },
  };
}
