import { resolve } from "node:path";
import { parseArgs } from "node:util";
import { defaultParticipants } from "./demo/seed.ts";
import { firstPort } from "./ports.ts";

export interface LocalOptions {
  readonly fresh: boolean;
  /** Begins with one administrator and nothing else. */
  readonly empty: boolean;
  /** The manager's pages reload as their sources change. */
  readonly dev: boolean;
  readonly port: number;
  readonly participants: number;
  /** Absolute path. */
  readonly dataFolder: string;
  /** False: the product runs without Mailchimp. */
  readonly mailchimp: boolean;
  readonly help: boolean;
}

/**
 * Reads the options of `npm start` and `npm run demo`; `dataFolder` is used unless `--data` names another. Throws one plain
 * sentence for what it does not know.
 */
export function localOptions(args: readonly string[], dataFolder: string): LocalOptions {
  const values = valuesOf(args, dataFolder);
  return {
    fresh: values.fresh,
    empty: values.empty,
    dev: values.dev,
    mailchimp: !values["without-mailchimp"],
    help: values.help,
    port: wholeNumber("--port", values.port, 1024, 65_000),
    participants: participantsFrom("--participants", values.participants),
    dataFolder: resolve(values.data),
  };
}

/** How large the demo organisation is to be; throws one plain sentence naming `option` if that is no such number. */
export function participantsFrom(option: string, text: string): number {
  return wholeNumber(option, text, 3, 1_000_000);
}

function valuesOf(args: readonly string[], dataFolder: string) {
  try {
    const options = {
      fresh: { type: "boolean", default: false },
      empty: { type: "boolean", default: false },
      dev: { type: "boolean", default: false },
      "without-mailchimp": { type: "boolean", default: false },
      help: { type: "boolean", default: false },
      data: { type: "string", default: dataFolder },
      port: { type: "string", default: String(firstPort) },
      participants: { type: "string", default: String(defaultParticipants) },
    } as const;
    return parseArgs({ args: [...args], options }).values;
  } catch (error) {
    const { message } = error as Error;
    throw new Error(`${message.split(". ")[0]}. Run it with --help to see what there is.`, { cause: error });
  }
}

function wholeNumber(option: string, text: string, from: number, to: number): number {
  const number = text.trim() === "" ? Number.NaN : Number(text);
  if (!Number.isInteger(number) || number < from || number > to)
    throw new Error(`${option} must be a whole number from ${from} to ${to}; it is "${text}".`);
  return number;
}
