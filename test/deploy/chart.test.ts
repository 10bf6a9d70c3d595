import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { readConfig } from '../../src/config/config.ts';
import { freshDirectory } from '../support/gate-process.ts';
import { type Kubernetes, renderChart } from './render-chart.ts';

const CHART = fileURLToPath(new URL('../../deploy/helm/gatehouse', import.meta.url));
const all = (over = {}): Map<string, Kubernetes> =>
  new Map(renderChart(CHART, over).flatMap(({ objects }) => objects.map((one) => [one.kind, one] as const)));
const get = (kind: string, over = {}): Kubernetes => {
  const found = all(over).get(kind);
  if (!found) throw new Error(`the chart makes no ${kind}`);
  return found;
};

describe('the Helm chart', () => {
  it('makes what belongs to a gate, under one name, and selects its own pods', () => {
    const objects = all();
    expect([...objects.keys()].sort()).toEqual(
      ['ConfigMap', 'Deployment', 'NetworkPolicy', 'PodDisruptionBudget', 'Service', 'ServiceAccount'].sort(),
    );
    for (const one of objects.values()) expect(one.metadata.name).toBe('gate');
    const labels = get('Deployment').spec.template.metadata.labels;
    for (const selector of [
      get('Deployment').spec.selector.matchLabels,
      get('Service').spec.selector,
      get('PodDisruptionBudget').spec.selector.matchLabels,
      get('NetworkPolicy').spec.podSelector.matchLabels,
    ])
      expect(labels).toMatchObject(selector);
  });

  it('holds a configuration that the gate starts with', () => {
    const text = get('ConfigMap').data['gatehouse.yaml'] as string;
    const config = readConfig(text, { SLACK_BOT_TOKEN: 'xoxb-1', SLACK_SIGNING_SECRET: 'secret' });
    expect([...config.environments.keys()]).toEqual(['production']);
  });

  it('loses nobody who waits when it is rolled: a new one first, and time to drain', () => {
    const { spec } = get('Deployment', { drainSeconds: 15 });
    expect(spec.strategy.rollingUpdate).toEqual({ maxUnavailable: 0, maxSurge: 1 });
    const { terminationGracePeriodSeconds, containers } = spec.template.spec;
    const [container] = containers;
    expect(container.env).toContainEqual({ name: 'GATE_DRAIN_SECONDS', value: '15' });
    // After draining the server takes up to 10 seconds to close.
    expect(terminationGracePeriodSeconds).toBeGreaterThan(15 + 10);
    expect(container.readinessProbe.httpGet.path).toBe('/readyz');
    expect(container.livenessProbe.httpGet.path).toBe('/healthz');
    const { periodSeconds, failureThreshold } = container.readinessProbe;
    expect(periodSeconds * failureThreshold).toBeLessThan(15);
  });

  it('runs without rights, takes secrets from the secret only, and is a new pod when its configuration changes', () => {
    const { template } = get('Deployment').spec;
    const [container] = template.spec.containers;
    expect(container.securityContext).toEqual({
      allowPrivilegeEscalation: false,
      readOnlyRootFilesystem: true,
      capabilities: { drop: ['ALL'] },
    });
    expect(template.spec.securityContext.runAsNonRoot).toBe(true);
    expect(container.envFrom).toEqual([{ secretRef: { name: 'gatehouse' } }]);
    expect(() => all({ existingSecret: '' })).toThrow(/names the secret/);
    const sum = (over = {}) => get('Deployment', over).spec.template.metadata.annotations['checksum/config'];
    expect(sum()).not.toBe(sum({ config: { url: 'https://other.example.com' } }));
  });

  it('makes the rest when asked: ingress, monitor, narrow network, no budget for one replica', () => {
    const { spec } = get('Ingress', {
      ingress: {
        enabled: true,
        className: 'nginx',
        host: 'g.example.com',
        tlsSecret: 'tls',
        annotations: {},
      },
    });
    expect(spec.tls).toEqual([{ secretName: 'tls', hosts: ['g.example.com'] }]);
    expect(spec.rules[0].http.paths[0].backend.service).toEqual({ name: 'gate', port: { name: 'http' } });
    const monitor = { enabled: true, interval: '15s', labels: { release: 'prometheus' } };
    expect(get('ServiceMonitor', { serviceMonitor: monitor })).toMatchObject({
      metadata: { labels: { release: 'prometheus' } },
      spec: { endpoints: [{ port: 'http', path: '/metrics', interval: '15s' }] },
    });
    const peers = [{ ipBlock: { cidr: '10.0.0.7/32' } }];
    const policy = { enabled: true, from: peers, database: peers, databasePort: 6432, otherPorts: [587] };
    const network = get('NetworkPolicy', { networkPolicy: policy }).spec;
    expect(network.ingress[0].from).toEqual(peers);
    expect(network.egress[2]).toEqual({ ports: [{ port: 6432, protocol: 'TCP' }], to: peers });
    expect(network.egress[1].ports).toContainEqual({ port: 587, protocol: 'TCP' });
    expect(all({ replicas: 1 }).has('PodDisruptionBudget')).toBe(false);
  });

  it('is rendered strictly: a value that is not there, an end that is missing', () => {
    const broken = (template: string) => {
      const directory = freshDirectory();
      mkdirSync(path.join(directory, 'templates'));
      for (const file of ['Chart.yaml', 'values.yaml', 'templates/_helpers.tpl'])
        writeFileSync(path.join(directory, file), readFileSync(path.join(CHART, file)));
      writeFileSync(path.join(directory, 'templates/x.yaml'), template);
      return () => renderChart(directory);
    };
    expect(broken('a: {{ .Values.image.tagg }}')).toThrow(/there is no tagg/);
    expect(broken('{{ if .Values.replicas }}a: 1')).toThrow(/an end is missing/);
    expect(broken('a: {{ include "gatehouse.nam" . }}')).toThrow(/nothing is defined/);
  });
});
