import { Sign } from "./Sign.tsx";
import { lookOf } from "./statusLooks.ts";

/** The badge of a step's status. `word` replaces the standard word. */
export function StatusBadge({ status, word }: { readonly status: string; readonly word?: string | undefined }) {
  const look = lookOf(status);
  return <Sign look={word === undefined ? look : { ...look, word }} />;
}
