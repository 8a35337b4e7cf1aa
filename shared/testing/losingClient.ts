import { type Aws, openAws } from "../src/adapters/aws.ts";

/** A client whose answer to the nth `commandName` is lost after the server executed it; the SDK then sends it again. */
export function losingClient(url: string, commandName: string, nth = 1): Aws {
  const aws = openAws({ AWS_REGION: "us-east-1", AWS_ENDPOINT_URL: "", AWS_ENDPOINT_URL_DYNAMODB: url });
  let answers = 0;
  aws.dynamo.middlewareStack.add(
    (next, context) => async (args) => {
      const answer = await next(args);
      if ((context as { commandName?: string }).commandName !== commandName || ++answers !== nth) return answer;
      throw Object.assign(new Error("socket hang up"), { name: "TimeoutError", code: "ECONNRESET" });
    },
    { step: "deserialize", priority: "high" },
  );
  return aws;
}
