import { theManager } from "../../../server/manager.ts";
import { serveMedia } from "../../../server/public/serveMedia.ts";

interface Context {
  readonly params: Promise<{ file: string }>;
}

export async function GET(request: Request, { params }: Context) {
  return serveMedia(theManager(), (await params).file, request.signal);
}
