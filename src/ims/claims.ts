/** When a token ends by its own claims, epoch milliseconds; undefined when it doesn't tell. */
export function claimedExpiry(token: string): number | undefined {
  const { created_at: createdAt, expires_in: expiresIn } = payloadOf(token);
  // Both are strings of milliseconds (reference, 3); undocumented, hence only a cross-check.
  const end = Number(createdAt ?? Number.NaN) + Number(expiresIn ?? Number.NaN);
  return Number.isFinite(end) ? end : undefined;
}

function payloadOf(token: string): Record<string, unknown> {
  try {
    const payload: unknown = JSON.parse(
      Buffer.from(token.split('.')[1] ?? '', 'base64url').toString('utf8'),
    );
    return typeof payload === 'object' && payload !== null ? { ...payload } : {};
  } catch {
    return {};
  }
}
