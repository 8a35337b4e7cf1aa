import { theManager } from "../../../../server/manager.ts";
import { theSignIn } from "../../../../server/signIn/oidcClient.ts";
import { beginSignIn } from "../../../../server/signIn/signInRoutes.ts";

export const GET = (request: Request) => beginSignIn(theManager(), theSignIn(), request);
