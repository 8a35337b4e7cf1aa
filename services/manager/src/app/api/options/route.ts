import { answer } from "../../../server/http/answer.ts";
import { readOptions } from "../../../server/orders/readOptions.ts";

export const GET = answer({}, async ({ manager, user }) => readOptions(manager, user));
