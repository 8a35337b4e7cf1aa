import { failure } from "../../../../server/http/failure.ts";
import { theManager } from "../../../../server/manager.ts";
import { theSignIn } from "../../../../server/signIn/oidcClient.ts";
import { finishSignIn } from "../../../../server/signIn/signInRoutes.ts";

export const GET = (request: Request) =>
  finishSignIn(theManager(), theSignIn(), request).catch((error) => failure(theManager().log, error));
