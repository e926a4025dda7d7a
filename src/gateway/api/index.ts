import type { Gateway, Http } from '../context.ts';
import { watchMethods } from '../plugins/allowed-methods.ts';
import { addActivation } from './activation.ts';
import { addAuthenticate } from './authenticate.ts';
import { addCatalog } from './catalog.ts';
import { addConfirm } from './confirm.ts';
import { addDecisions } from './decisions.ts';
import { addEvents } from './events.ts';
import { addHousehold } from './household.ts';
import { addLogout } from './logout.ts';
import { addMediaTokens } from './media-tokens.ts';
import { addPartner } from './partner.ts';
import { sendProblem } from './problem.ts';
import { addProfiles } from './profiles.ts';
import { addSession } from './session.ts';

/** The JSON API, with errors as problem details. */
export async function addApi(app: Http, gateway: Gateway): Promise<void> {
  await app.register(async (scope) => {
    scope.setErrorHandler(sendProblem);
    const api: Http = scope.withTypeProvider();
    const refuseOtherMethods = watchMethods(api);
    addSession(api, gateway);
    addProfiles(api, gateway);
    addDecisions(api, gateway);
    addLogout(api, gateway);
    addAuthenticate(api, gateway);
    addPartner(api, gateway);
    addEvents(api, gateway);
    addActivation(api, gateway);
    addConfirm(api, gateway);
    if (gateway.pass.knowsHouseholds) addHousehold(api, gateway);
    if (gateway.pass.catalogueIsPublic !== undefined) addCatalog(api, gateway);
    if (gateway.pass.verifiesMediaTokens) addMediaTokens(api, gateway);
    refuseOtherMethods();
  });
}
