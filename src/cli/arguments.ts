import { type ParseArgsConfig, parseArgs } from 'node:util';

/** The command was not called as its help says. */
export class WrongUsage extends Error {
  readonly hint: string;
  constructor(message: string, hint: string) {
    super(message);
    this.hint = hint;
  }
}

type Options = NonNullable<ParseArgsConfig['options']>;

/** Values of the flags that were given. A flag of type `string` is a string, a `boolean` one true. */
export type Values<O extends Options> = {
  [K in keyof O]?: O[K]['type'] extends 'boolean'
    ? boolean
    : O[K] extends { multiple: true }
      ? string[]
      : string;
};

export interface Arguments<O extends Options> {
  values: Values<O>;
  positionals: string[];
}

/**
 * Reads the arguments of one subcommand. `--help` prints `help` and gives null.
 * @param help first line `gate NAME …`, then what it does, its flags and an example
 */
export function readArguments<O extends Options>(
  argv: string[],
  { options, help }: { options: O; help: string },
): Arguments<O> | null {
  try {
    const config = {
      args: argv,
      options: { ...options, help: { type: 'boolean', short: 'h' } },
      strict: true,
    };
    const { values, positionals } = parseArgs({ ...config, allowPositionals: true } as ParseArgsConfig);
    if (values.help) {
      process.stdout.write(`${help.trim()}\n`);
      return null;
    }
    return { values: values as Values<O>, positionals };
  } catch (error) {
    const name = /^gate(?: [a-z]+)+/.exec(help.trim())?.[0] ?? 'gate';
    throw new WrongUsage(plain((error as Error).message), `${name} --help shows how`);
  }
}

/** Node adds a lecture on `--` to its first sentence. */
const plain = (message: string): string => {
  const first = message.split(/\. (?=To specify|If you want)|\n/)[0] ?? message;
  return `${first.charAt(0).toLowerCase()}${first.slice(1)}`;
};
