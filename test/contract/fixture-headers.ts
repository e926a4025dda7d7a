import type { AdobePass, Operation } from '../../src/adobe-pass/index.ts';

/** One documented exchange with values of our own. */
export interface Fixture {
  operation: Operation;
  invoke: (pass: AdobePass) => Promise<unknown>;
  request: { method: string; path: string; headers: Record<string, string>; body: string };
  response: { status: number; body: unknown };
  expected: unknown;
}

export const info =
  'eyJtb2RlbCI6IkNpbmVtYUJveCIsInZlcnNpb24iOiI0Iiwib3NOYW1lIjoiQW5kcm9pZCIsIm9zVmVyc2lvbiI6IjEyIiwiY29ubmVjdGlvblR5cGUiOiJXaUZpIiwiY29ubmVjdGlvbklwIjoiMTk4LjUxLjEwMC4yMyIsImNvbm5lY3Rpb25Qb3J0Ijo0NDEwMH0=';
export const always = {
  accept: 'application/json;charset=utf-8',
  'user-agent': 'CinemaBox/4',
  'x-forwarded-for': '198.51.100.23',
};
export const bearer = { ...always, authorization: 'Bearer contract-token' };
export const listed = {
  ...bearer,
  'ap-device-identifier': 'fingerprint Y2luZW1hLWJveC1pZA==',
  'x-device-info': info,
};
export const form = { 'content-type': 'application/x-www-form-urlencoded' };
export const json = { 'content-type': 'application/json;charset=utf-8' };
