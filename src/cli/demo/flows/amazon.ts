import { randomUUID } from 'node:crypto';
import type { Flow } from './flow.ts';
import { playPlatform } from './platform.ts';

/** Fire TV: what its single sign-on library gives an app signs in the next one. */
export const amazon: Flow = {
  description: 'Fire TV: one sign-in for two apps, a third without Amazon’s library, one sign-out',
  needsSandbox: true,
  async play(scene) {
    const subject = randomUUID();
    return playPlatform(scene, {
      knownBy: 'Amazon’s token',
      facts: {
        model: 'AFTMM',
        version: '1',
        osName: 'Fire OS',
        osVersion: '8',
        connectionType: 'WiFi',
      },
      headers: () => ({
        'adobe-subject-token':
          scene.stage.sandbox?.platformToken({ platform: 'amazon', subject }) ?? '',
      }),
    });
  },
};
