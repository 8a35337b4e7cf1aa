import { Problem } from "../shell/Problem.tsx";
import type { ImportAct } from "./useImportAct.ts";

/** Why the last act was refused, beside its button. */
export function ActProblem({ act }: { readonly act: ImportAct }) {
  return act.problem === undefined ? null : <Problem error={act.problem} title="Not done" />;
}
