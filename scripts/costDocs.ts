import { readFileSync } from "node:fs";
import { join } from "node:path";
import { idleMonth, oneMailing, pricesOf } from "../infra/aws/cost.ts";
import { readEnvironment } from "../infra/aws/environment.ts";

/** infra/README.md with its tables of cost made anew, between the marks; everything else stays as it is. */
export function costPage(): string {
  const production = readEnvironment("production");
  const tables = [
    `Public list prices of **us-east-1** of ${pricesOf}, as far as they could be compared with what others publish. They`,
    "stand in `infra/aws/cost.ts`, from which these tables are made.",
    "",
    idleMonth({ production, dev: readEnvironment("dev"), small: readEnvironment("small") }),
    "",
    oneMailing(production),
  ].join("\n");
  const page = readFileSync(join(import.meta.dirname, "..", "infra", "README.md"), "utf8");
  return page.replace(/(<!-- cost -->\n)[\s\S]*(\n<!-- \/cost -->)/, (_, begin, end) => `${begin}${tables}\n${end}`);
}
