import assert from 'node:assert/strict';
import { deviceFactsSchema, hashDeviceId, networkSchema } from '../../src/adobe-pass/index.ts';
import { device } from './support.ts';

describe('what a device tells of itself', () => {
  it('needs the documented facts and no more [XDI-01]', () => {
    const { primaryHardwareType: _, ...required } = device.facts;
    assert.deepEqual(deviceFactsSchema.parse(required), required);
    for (const field of Object.keys(required)) {
      const { [field as keyof typeof required]: __, ...rest } = required;
      const result = deviceFactsSchema.safeParse(rest);
      assert.equal(result.success, false, field);
    }
  });

  it('says what Adobe lists where a restricted fact is missing [XDI-02]', () => {
    const result = deviceFactsSchema.safeParse({ ...device.facts, osName: undefined });
    assert.equal(result.success, false);
    const [issue] = result.error?.issues ?? [];
    assert.match(issue?.message ?? '', /^give a text: Adobe lists Android, .*Roku OS, .*webOS$/);
    assert.deepEqual(issue?.path, ['osName']);
  });

  it('drops keys that are not documented [HDR-09]', () => {
    const facts = { ...device.facts, serialNumber: 'A1', connectionIp: '10.0.0.1' };
    assert.deepEqual(deviceFactsSchema.parse(facts), device.facts);
  });

  it('accepts IPv4 and IPv6 addresses and real ports', () => {
    assert.ok(networkSchema.safeParse({ ip: '198.51.100.4' }).success);
    assert.ok(networkSchema.safeParse({ ip: '2001:db8::1', port: 65535 }).success);
    for (const bad of [{ ip: 'tv.example' }, { ip: '1.2.3' }, { ip: '198.51.100.4', port: 0 }]) {
      assert.equal(networkSchema.safeParse(bad).success, false, JSON.stringify(bad));
    }
  });
});

describe('hashDeviceId', () => {
  it('is the same in every release [HDR-07]', () => {
    assert.equal(
      hashDeviceId('demo-app', 'AA:BB:CC:DD:EE:FF'),
      '788fa2e50a62ec9f19cdb4b31b910ebe0da456333bd37e690f6058d812e89635',
    );
  });

  it('does not contain what it was made of [HDR-08]', () => {
    const id = 'cafe12';
    const hash = hashDeviceId('demo-app', id);
    assert.match(hash, /^[0-9a-f]{64}$/);
    assert.ok(!hash.includes(id));
    assert.ok(!Buffer.from(hash, 'hex').toString('latin1').includes(id));
  });

  it('keeps apps and devices apart', () => {
    const all = [
      hashDeviceId('a', 'bc'),
      hashDeviceId('ab', 'c'),
      hashDeviceId('a', 'bd'),
      hashDeviceId('a', 'bc'),
    ];
    assert.equal(new Set(all).size, 3);
  });
});
