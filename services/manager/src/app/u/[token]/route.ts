import { theManager } from "../../../server/manager.ts";
import { askToUnsubscribe, unsubscribe } from "../../../server/public/unsubscribe.ts";

interface Context {
  readonly params: Promise<{ token: string }>;
}

export async function GET(request: Request, { params }: Context) {
  return askToUnsubscribe(theManager(), (await params).token, request);
}

export async function POST(request: Request, { params }: Context) {
  return unsubscribe(theManager(), (await params).token, request);
}
