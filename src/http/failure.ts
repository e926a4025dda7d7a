/** What went wrong below HTTP. */
export type HttpFailureCode =
  | 'name_not_found'
  | 'connection_refused'
  | 'connection_lost'
  | 'certificate_untrusted'
  | 'proxy_refused'
  | 'timeout'
  | 'response_too_large'
  | 'network_error';

/** The part of the way where it went wrong. */
export type Hop = 'proxy' | 'server';

/** What an {@link HttpFailure} is made of. */
interface Failed {
  code: HttpFailureCode;
  hop: Hop;
  host: string;
  systemCode?: string | undefined;
  status?: number | undefined;
}

/**
 * No answer came. Names the hop, and holds no request, no header and no `cause`: it may be logged
 * whole.
 */
export class HttpFailure extends Error {
  override readonly name = 'HttpFailure';
  readonly code: HttpFailureCode;
  readonly hop: Hop;
  /** `host:port` of the hop. */
  readonly host: string;
  /** What to do about it. */
  readonly hint: string;
  /** Whether the same request may succeed a moment later. */
  readonly retryable: boolean;
  /** The system's own code, such as `ECONNREFUSED`. */
  readonly systemCode?: string;
  /** The proxy's status, for `proxy_refused`. */
  readonly status?: number;

  constructor(failed: Failed) {
    const { code, hop, host, systemCode, status } = failed;
    const detail = status ?? systemCode;
    super(`${hop} ${host}: ${code}${detail === undefined ? '' : ` (${detail})`}`);
    this.code = code;
    this.hop = hop;
    this.host = host;
    this.hint = hintOf(failed);
    const proxyOverloaded = code === 'proxy_refused' && status !== undefined && status >= 500;
    this.retryable = !permanent.has(code) || proxyOverloaded;
    if (systemCode !== undefined) this.systemCode = systemCode;
    if (status !== undefined) this.status = status;
  }
}

const permanent = new Set<HttpFailureCode>([
  'certificate_untrusted',
  'proxy_refused',
  'response_too_large',
]);

const hints: Record<HttpFailureCode, (hop: Hop) => string> = {
  name_not_found: (hop) =>
    hop === 'proxy'
      ? 'the name of the proxy is not known here: check AEM_PROXY_URL'
      : 'the name is not known here: check it, or set AEM_PROXY_URL if this network needs a proxy',
  connection_refused: (hop) =>
    hop === 'proxy'
      ? 'nothing listens there: check host and port of AEM_PROXY_URL'
      : 'nothing listens there, or a firewall forbids it: set AEM_PROXY_URL if this network needs a proxy',
  connection_lost: () => 'it closed the connection; try again',
  certificate_untrusted: () =>
    'its certificate is not from an authority known here: add the authority to the private CA ' +
    'file, AEM_CA_FILE (a proxy that inspects TLS has one of its own), or check the clock',
  proxy_refused: () => 'the proxy does not let this host through: ask those who run it',
  timeout: () => 'no answer in time: check the network, or allow more time',
  response_too_large: () => 'the answer is larger than allowed: ask for less',
  network_error: () => 'check the network',
};

function hintOf({ code, hop, status }: Failed): string {
  if (status === 407) return 'the proxy wants user and password: put them into AEM_PROXY_URL';
  return hints[code](hop);
}

/** The code for one of the system's; certificates have some thirty of them. */
export function codeFor(systemCode: string | undefined): HttpFailureCode {
  if (systemCode === undefined) return 'network_error';
  if (/^(ENOTFOUND|EAI_)/.test(systemCode)) return 'name_not_found';
  if (systemCode === 'ECONNREFUSED') return 'connection_refused';
  if (/^(ECONNRESET|EPIPE|ERR_STREAM_PREMATURE_CLOSE)$/.test(systemCode)) return 'connection_lost';
  if (systemCode === 'ETIMEDOUT') return 'timeout';
  return /CERT|SIGNATURE|^SELF_SIGNED|CRL|ERR_TLS/.test(systemCode)
    ? 'certificate_untrusted'
    : 'network_error';
}
