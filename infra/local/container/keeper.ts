import { join } from "node:path";
import { NoSuchBucket } from "@aws-sdk/client-s3";
import { openAws } from "@email-agent/shared/adapters/aws.ts";
import { systemClock as clock } from "@email-agent/shared/kit/clock.ts";
import { localCredentials } from "../localCredentials.ts";
import { readyCloud } from "./readyCloud.ts";
import { dataFolder, runPart } from "./runPart.ts";

const pauseMilliseconds = 2000;

// Copies the bucket's objects to the volume, and readies LocalStack again after it was restarted on its own.
await runPart("keeper", async ({ use, log, variable }) => {
  const endpointUrl = variable("AWS_ENDPOINT_URL");
  const objectFolder = join(dataFolder, "objects");
  const aws = use(
    openAws({ AWS_REGION: localCredentials.region, AWS_ENDPOINT_URL: endpointUrl, AWS_ENDPOINT_URL_DYNAMODB: "" }),
  );
  let { objects } = await readyCloud(aws, endpointUrl, objectFolder);
  const ending = new AbortController();
  let away = false;

  const keep = async () => {
    try {
      await objects.keep();
      away = false;
    } catch (error) {
      if (error instanceof NoSuchBucket) {
        const ready = await readyCloud(aws, endpointUrl, objectFolder);
        objects = ready.objects;
        log.info({ objects: ready.broughtBack }, "LocalStack was restarted: queues, topic and bucket are back");
      } else if (!away) {
        away = true;
        log.warn({ error }, "LocalStack does not respond; trying again until it does");
      }
    }
  };
  const keeping = (async () => {
    while (!ending.signal.aborted) {
      await keep();
      await clock.sleep(pauseMilliseconds, ending.signal).catch(() => {});
    }
  })();
  use({
    async [Symbol.asyncDispose]() {
      ending.abort();
      await keeping;
    },
  });
});
