/** Where tokens come from. One client stands for one technical account. */
export interface Credentials {
  /**
   * The present token; undefined where AEM asks for none. A bare token goes out as `Bearer`, one
   * with a scheme before it (`Basic YWRtaW46YWRtaW4=`, for a local AEM) as it is. Its errors reach
   * the caller unchanged.
   */
  token: () => Promise<string | undefined>;
  /**
   * AEM refused this token: another one, or the same where none can be had by program. Its errors
   * reach the caller unchanged.
   */
  replace: (refused: string) => Promise<string | undefined>;
}

/** A source of tokens that keeps them wrapped, such as that of `src/ims`. */
export interface WrappedTokens<T extends { headers(): { authorization?: string } }> {
  accessToken(): Promise<T>;
  replace(refused: T): Promise<T>;
}

/** Fits a source of wrapped tokens to this client. */
export function credentialsFrom<T extends { headers(): { authorization?: string } }>(
  source: WrappedTokens<T>,
): Credentials {
  // The present one and the one before: a slow request may still report that one.
  let recent: { wrapped: T; text: string }[] = [];
  const remembered = (wrapped: T) => {
    const text = wrapped.headers().authorization;
    if (text === undefined) return undefined;
    recent = [{ wrapped, text }, ...recent.filter((each) => each.text !== text)].slice(0, 2);
    return text;
  };
  return {
    token: async () => remembered(await source.accessToken()),
    async replace(refused) {
      const known = recent.find(({ text }) => text === refused);
      return remembered(await (known ? source.replace(known.wrapped) : source.accessToken()));
    },
  };
}

/** Value of the `Authorization` header. */
export function authorizationOf(token: string): string {
  return token.includes(' ') ? token : `Bearer ${token}`;
}

/** The secret part of an `Authorization` header; empty when there is none. */
export function bareToken(authorization = ''): string {
  return authorization.slice(authorization.indexOf(' ') + 1);
}

/** Whom an `Authorization` header stands for, as far as it may be told. */
export function senderOf(authorization: string | undefined): 'nobody' | 'token' | { user: string } {
  if (authorization === undefined) return 'nobody';
  if (!/^basic /i.test(authorization)) return 'token';
  const [user = ''] = Buffer.from(bareToken(authorization), 'base64').toString().split(':');
  return { user };
}
