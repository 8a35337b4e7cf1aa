import { users } from "../demo/organisation.ts";
import { startIssuer } from "../issuer.ts";
import { container, dataFolder, runPart } from "./runPart.ts";

// Its keys were made by setup, which gave the client secret to the manager.
await runPart("issuer", async ({ use, variable }) => {
  use(
    await startIssuer({
      ...container("issuer"),
      port: 8034,
      publicUrl: variable("OIDC_ISSUER"),
      managerUrl: variable("MANAGER_URL"),
      users,
      dataFolder,
    }),
  );
});
