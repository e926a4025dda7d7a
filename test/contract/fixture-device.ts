import type { StreamingDevice } from '../../src/adobe-pass/index.ts';

/** The device of the contract fixtures. */
export const device: StreamingDevice = {
  identifier: 'cinema-box-id',
  facts: {
    model: 'CinemaBox',
    version: '4',
    osName: 'Android',
    osVersion: '12',
    connectionType: 'WiFi',
  },
  ip: '198.51.100.23',
  port: 44100,
  userAgent: 'CinemaBox/4',
};

export const v2Input = { accessToken: 'contract-token', serviceProvider: 'CINEMA', device };

/** When the fixtures' answers were made. */
export const MADE_AT = 1_800_000_000_000;
