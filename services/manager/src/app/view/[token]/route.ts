import { theManager } from "../../../server/manager.ts";
import { viewMail } from "../../../server/public/viewMail.ts";

interface Context {
  readonly params: Promise<{ token: string }>;
}

export async function GET(request: Request, { params }: Context) {
  return viewMail(theManager(), (await params).token, request);
}

/** Not the list of methods that Next.js would answer by itself. */
export function OPTIONS() {
  return new Response(null, { status: 405, headers: { allow: "GET, HEAD" } });
}
