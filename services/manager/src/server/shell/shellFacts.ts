import type { User } from "@email-agent/shared/domain/configItems.ts";
import manifest from "../../../package.json" with { type: "json" };
import type { ShellFacts } from "../../api/shell.ts";
import type { ManagerConfig } from "../manager.ts";

/** What every page shows around its content. */
export function shellFacts(config: Pick<ManagerConfig, "MANAGER_LINKS">, user: User): ShellFacts {
  const { id, name, role, showAddresses, exportCsv, people = false } = user;
  const links = config.MANAGER_LINKS.split(",").filter((link) => link !== "");
  return {
    viewer: { id, name, role, showAddresses, exportCsv, people },
    version: manifest.version,
    links: links.map((link) => {
      const [name = "", address = ""] = link.split(/=(.*)/s);
      return { name, address };
    }),
  };
}
