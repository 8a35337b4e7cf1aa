import { failure } from "../../../../server/http/failure.ts";
import { theManager } from "../../../../server/manager.ts";
import { theSignIn } from "../../../../server/signIn/oidcClient.ts";
import { signOut } from "../../../../server/signIn/signInRoutes.ts";

export const POST = (request: Request) =>
  signOut(theManager(), theSignIn(), request).catch((error) => failure(theManager().log, error));
