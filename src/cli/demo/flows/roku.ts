import { randomUUID } from 'node:crypto';
import type { Flow } from './flow.ts';
import { playPlatform } from './platform.ts';

/** Roku: its account is what Adobe knows the TV by, and each app of it. */
export const roku: Flow = {
  description: 'Roku: the account is the device; one sign-in for two apps, one sign-out',
  needsSandbox: true,
  async play(scene) {
    const subject = `roku-${randomUUID()}`;
    return playPlatform(scene, {
      knownBy: 'the account of the Roku',
      facts: {
        model: '4800X',
        version: '1',
        osName: 'Roku OS',
        osVersion: '14.0',
        connectionType: 'WiFi',
      },
      headers: () => ({
        'x-roku-subscriber-id': subject,
        'x-roku-reserved-roku-connect-token':
          scene.stage.sandbox?.platformToken({ platform: 'roku', subject, form: 'jwe' }) ?? '',
      }),
    });
  },
};
