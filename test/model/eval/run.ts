import { evaluate, versions } from './evaluate.ts';

/** `npm run eval:prompts`: the prompts of today held against recorded answers, as a table. Asks nobody. */
const scores = evaluate();
console.table(
  Object.fromEntries(
    scores.map(({ prompt, faults, ...counts }) => [prompt, { ...counts, unexpected: faults.length }]),
  ),
);
const faults = scores.flatMap(({ prompt, stale, faults: each }) => [
  ...each.map((fault) => `${prompt}: ${fault}`),
  ...(stale > 0 ? [`${prompt}: ${stale} answers were recorded with another version`] : []),
]);
for (const { prompt, is, noted } of versions()) {
  if (is !== noted)
    faults.push(
      `${prompt}: its text is not the one noted (${is}): raise the version, note it in versions.json`,
    );
}
for (const fault of faults) console.log(fault);
process.exitCode = faults.length > 0 ? 1 : 0;
