import { demoAudience, demoTemplates } from "../demo/templates.ts";
import { startMailchimp } from "../mailchimp.ts";
import { container, runPart } from "./runPart.ts";

await runPart("mailchimp", async ({ use }) => {
  use(
    await startMailchimp({
      ...container("mailchimp"),
      port: 8027,
      audiences: [demoAudience],
      templates: demoTemplates(),
    }),
  );
});
