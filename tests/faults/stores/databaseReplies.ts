import { type Fault, type FaultRequest, replyWith } from "./faultProxy.ts";

/** Errors of DynamoDB as it writes them (API reference, "Error handling with DynamoDB"). */
const errors = {
  ProvisionedThroughputExceededException: [
    400,
    "com.amazonaws.dynamodb.v20120810",
    "The level of configured provisioned throughput for the table was exceeded. Consider increasing your provisioning level with the UpdateTable API.",
  ],
  ThrottlingException: [400, "com.amazon.coral.availability", "Rate of requests exceeds the allowed throughput."],
  RequestLimitExceeded: [
    400,
    "com.amazonaws.dynamodb.v20120810",
    "Throughput exceeds the current throughput limit for your account.",
  ],
  InternalServerError: [
    500,
    "com.amazonaws.dynamodb.v20120810",
    "The request could not be processed because of an internal server error.",
  ],
  ServiceUnavailable: [503, "com.amazon.coral.availability", "Service Unavailable. Please try again later."],
} as const;

export type DatabaseError = keyof typeof errors;

/** The whole request is refused. */
export function refusedWith(name: DatabaseError): Fault {
  const [status, namespace, message] = errors[name];
  return replyWith(status, JSON.stringify({ __type: `${namespace}#${name}`, message }));
}

interface Statement {
  readonly Statement: string;
}

export function statementsOf({ operation, body }: FaultRequest): readonly Statement[] {
  if (operation !== "BatchExecuteStatement") return [];
  return (JSON.parse(body.toString()) as { readonly Statements: readonly Statement[] }).Statements;
}

/** The first statement of a batch is refused with this code (`BatchStatementError`); the others are executed. */
export function firstStatementRefused(code: string, message: string): Fault {
  return async (request, pass) => {
    const others = statementsOf(request).slice(1);
    const reply =
      others.length === 0
        ? { status: 200, headers: { "content-type": "application/x-amz-json-1.0" }, body: Buffer.from("{}") }
        : await pass(JSON.stringify({ ...JSON.parse(request.body.toString()), Statements: others }));
    if (reply.status !== 200) return reply;
    const { Responses: given = [], ...rest } = JSON.parse(reply.body.toString());
    const Responses = [{ Error: { Code: code, Message: message } }, ...given];
    return { ...reply, body: Buffer.from(JSON.stringify({ ...rest, Responses })) };
  };
}

/** A read of several keys returns the first half; the rest comes back as unprocessed. */
export const halfUnprocessed: Fault = async ({ body }, pass) => {
  const asked = JSON.parse(body.toString());
  const [table = "", { Keys: keys, ...rest }] = Object.entries(asked.RequestItems)[0] as [
    string,
    { readonly Keys: readonly object[] },
  ];
  const half = Math.ceil(keys.length / 2);
  const [first, second] = [keys.slice(0, half), keys.slice(half)];
  const reply = await pass(JSON.stringify({ ...asked, RequestItems: { [table]: { ...rest, Keys: first } } }));
  if (reply.status !== 200 || second.length === 0) return reply;
  const found = JSON.parse(reply.body.toString());
  const left = { ...found, UnprocessedKeys: { [table]: { ...rest, Keys: second } } };
  return { ...reply, body: Buffer.from(JSON.stringify(left)) };
};

/** A page of one item, as a page ends at 1 MB whatever its limit. */
export const pageOfOne: Fault = ({ body }, pass) => pass(JSON.stringify({ ...JSON.parse(body.toString()), Limit: 1 }));
