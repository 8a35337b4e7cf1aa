import { SQSClient } from "@aws-sdk/client-sqs";

/** True if the AWS client's own chain finds credentials, asking the machine's metadata service last (a second at most). */
export async function machineHasCredentials(region = "us-east-1"): Promise<boolean> {
  const client = new SQSClient({ region });
  try {
    await client.config.credentials();
    return true;
  } catch {
    // The chain throws only to say that nobody had credentials: that is the answer asked for.
    return false;
  } finally {
    client.destroy();
  }
}
