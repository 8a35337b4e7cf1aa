import { startWebsite } from "../website.ts";
import { container, runPart } from "./runPart.ts";

await runPart("website", async ({ use }) => {
  use(await startWebsite({ ...container("website"), port: 8029 }));
});
