import { expect, it } from 'vitest';
import { type ConfigFaults, readConfig } from '../../src/config/config.ts';

const withModel = (model: string) =>
  readConfig(
    `url: https://gate.example.com\nenvironments: { production: { channel: "#d", reviewers: channel } }\nlearning: { model: ${model} }\n`,
    { MODEL_KEY: 'the key' },
  ).model;

const faultsOf = (model: string): string[] => {
  try {
    withModel(model);
    return [];
  } catch (error) {
    return (error as ConfigFaults).faults.map(({ path, message }) => `${path}: ${message}`);
  }
};

it('the model of the configuration', () => {
  expect(
    withModel('{ base_url: "https://api.openai.com/v1/", name: gpt-5-mini, api_key: "${MODEL_KEY}" }'),
  ).toEqual({
    baseUrl: 'https://api.openai.com/v1',
    name: 'gpt-5-mini',
    apiKey: 'the key',
    explain: 'unusual',
    timeoutSeconds: 15,
    timeoutAtNightSeconds: 60,
    atOnce: 2,
    answers: 'schema',
    reasoning: null,
  });
  expect(
    withModel(
      '{ base_url: "http://127.0.0.1:11434/v1", name: qwen, explain: never, timeout: 40s, answers: json }',
    ),
  ).toMatchObject({ apiKey: null, explain: 'never', timeoutSeconds: 40, answers: 'json' });
});

it('is null when there is none', () =>
  expect(
    readConfig('url: https://g.example.com\nenvironments: { p: { channel: "#d", reviewers: channel } }\n', {})
      .model,
  ).toBeNull());

it('has its faults reported together', () =>
  expect(
    faultsOf('{ base_url: "ftp://x.example.com", name: "", timeout: 1h, answers: xml, reasoning: deep }'),
  ).toEqual([
    expect.stringContaining('learning.model.base_url: write a web address'),
    expect.stringContaining('learning.model.name: '),
    expect.stringContaining('learning.model.timeout: write at most 10m'),
    expect.stringContaining('learning.model.answers: write one of schema, json, text'),
    expect.stringContaining('learning.model.reasoning: write one of minimal'),
  ]));
