/**
 * A string for a YAML file that people copy into their configuration: always in double quotes, with everything but
 * plain letters and signs written as an escape. `${` would be filled in from the environment there.
 */
export const yamlString = (text: string): string =>
  JSON.stringify(text.replaceAll('${', '$ {')).replace(
    /[\u007f-\u00a0\u00ad\u2028\u2029\ufeff]|\p{Cf}|\p{Cs}|\p{Co}|\p{Cn}/gu,
    (character) =>
      [...Array(character.length).keys()]
        .map((i) => `\\u${character.charCodeAt(i).toString(16).padStart(4, '0')}`)
        .join(''),
  );
