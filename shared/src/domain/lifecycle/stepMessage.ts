import { maskAddresses } from "../recipients/address.ts";
import { messageLimitCharacters } from "../workOrder.ts";

/** A text as a step's `message` may hold it: no address, at most 2,000 characters (the end is cut, marked by `…`). */
export function stepMessage(text: string, limitCharacters = messageLimitCharacters): string {
  const masked = maskAddresses(text);
  return masked.length <= limitCharacters ? masked : `${masked.slice(0, limitCharacters - 1)}…`;
}
