import { theManager } from "../../../server/manager.ts";
import { viewMail } from "../../../server/public/viewMail.ts";

interface Context {
  readonly params: Promise<{ token: string }>;
}

export async function GET(request: Request, { params }: Context) {
  return viewMail(theManager(), (await params).token, request);
}
