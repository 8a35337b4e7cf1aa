import { failure } from "../../../../server/http/failure.ts";
import { theManager } from "../../../../server/manager.ts";
import { finishSignIn } from "../../../../server/signIn/finishSignIn.ts";
import { theSignIn } from "../../../../server/signIn/theSignIn.ts";

export const GET = (request: Request) =>
  finishSignIn(theManager(), theSignIn(), request).catch((error) => failure(theManager().log, error));
