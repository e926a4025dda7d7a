import { createHttp } from '../../http/index.ts';
import { type AemHost, currentUser, logIn } from '../../key-rollout/index.ts';
import type { FarmInstance } from '../../sandbox/farm/index.ts';
import { PASSWORD } from './stage.ts';

/** A viewer's browser: the cookie that an instance gave it. */
export interface SignedIn {
  viewer: string;
  token: string;
}

/** Signs a viewer in at one instance. */
export async function signIn(instance: FarmInstance, viewer: string): Promise<SignedIn> {
  return withHttp(async (http) => ({ viewer, token: await logIn(hostOf(instance, viewer), http) }));
}

/** Whether an instance takes the cookie for its viewer. */
export async function isSignedIn(instance: FarmInstance, who: SignedIn): Promise<boolean> {
  return withHttp(async (http) => {
    const user = await currentUser(hostOf(instance, who.viewer), http, who.token);
    return user?.id === who.viewer;
  });
}

function hostOf({ id, url, installDir }: FarmInstance, user: string): AemHost {
  const login = { user, password: () => PASSWORD };
  return { id, url, installDir, backupDir: installDir, admin: login, testUser: login };
}

async function withHttp<T>(work: (http: ReturnType<typeof createHttp>) => Promise<T>): Promise<T> {
  const http = createHttp({ timeoutMs: 5_000 });
  try {
    return await work(http);
  } finally {
    http.close();
  }
}
