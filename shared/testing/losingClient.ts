import { type Aws, openAws } from "../src/adapters/aws.ts";

/** A client that loses the response to the nth `commandName` after the server executed it; the SDK then retries. */
export function losingClient(url: string, commandName: string, nth = 1): Aws {
  const aws = openAws({ AWS_REGION: "us-east-1", AWS_ENDPOINT_URL: "", AWS_ENDPOINT_URL_DYNAMODB: url });
  let responses = 0;
  aws.dynamo.middlewareStack.add(
    (next, context) => async (args) => {
      const response = await next(args);
      if ((context as { commandName?: string }).commandName !== commandName || ++responses !== nth) return response;
      throw Object.assign(new Error("socket hang up"), { name: "TimeoutError", code: "ECONNRESET" });
    },
    { step: "deserialize", priority: "high" },
  );
  return aws;
}
