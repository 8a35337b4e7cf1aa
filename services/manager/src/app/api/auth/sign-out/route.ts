import { failure } from "../../../../server/http/failure.ts";
import { theManager } from "../../../../server/manager.ts";
import { signOut } from "../../../../server/signIn/signOut.ts";
import { theSignIn } from "../../../../server/signIn/theSignIn.ts";

export const POST = (request: Request) =>
  signOut(theManager(), theSignIn(), request).catch((error) => failure(theManager().log, error));
