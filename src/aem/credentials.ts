/** Where tokens come from. One client stands for one technical account. */
export interface Credentials {
  /**
   * The present token; undefined where AEM asks for none. A bare token goes out as `Bearer`, one
   * with a scheme before it (`Basic YWRtaW46YWRtaW4=`, for a local AEM) as it is. Its errors reach
   * the caller unchanged.
   */
  token: () => Promise<string | undefined>;
  /** AEM refused this token: don't give it out again. */
  invalidate: (token: string) => void;
}

/** A source of tokens that keeps them wrapped, such as that of `src/ims`. */
export interface WrappedTokens<T extends { headers(): { authorization?: string } }> {
  accessToken(): Promise<T>;
  invalidate(token: T): unknown;
}

/** Fits a source of wrapped tokens to this client. */
export function credentialsFrom<T extends { headers(): { authorization?: string } }>(
  source: WrappedTokens<T>,
): Credentials {
  // The present one and the one before: a slow request may still report that one.
  let recent: { wrapped: T; text: string }[] = [];
  return {
    async token() {
      const wrapped = await source.accessToken();
      const text = wrapped.headers().authorization;
      if (text === undefined) return undefined;
      recent = [{ wrapped, text }, ...recent.filter((each) => each.text !== text)].slice(0, 2);
      return text;
    },
    invalidate(text) {
      const known = recent.find((each) => each.text === text);
      if (known) source.invalidate(known.wrapped);
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
