import { theManager } from "../../../../server/manager.ts";
import { beginSignIn } from "../../../../server/signIn/beginSignIn.ts";
import { theSignIn } from "../../../../server/signIn/theSignIn.ts";

export const GET = (request: Request) => beginSignIn(theManager(), theSignIn(), request);
