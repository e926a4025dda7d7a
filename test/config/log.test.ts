import assert from 'node:assert/strict';
import { createLogger } from '../../src/log.ts';

describe('the log', () => {
  function logged(level: string, entry: object): string {
    let text = '';
    const logger = createLogger(level, { write: (line: string) => void (text += line) });
    logger.info(entry, 'something happened');
    return text;
  }

  it('cuts out by name what might be a secret, wherever it stands [AI-02]', () => {
    const secrets = {
      accessToken: 'planted-1',
      clientSecret: 'planted-2',
      softwareStatement: 'planted-3',
      mediaToken: { value: 'planted-4' },
      authorization: 'Bearer planted-5',
      attributes: { userID: 'planted-6' },
      ip: '203.0.113.7',
    };
    for (const entry of [secrets, { request: secrets }, { call: { request: secrets } }]) {
      const text = logged('info', entry);
      assert.ok(!text.includes('planted'), text);
      assert.ok(!text.includes('203.0.113.7'), text);
      assert.ok(text.includes('[secret]'));
    }
  });

  it('is one JSON line an event, from the level up that was asked for', () => {
    const text = logged('info', { code: 'ABC', taskQueue: 'devicepass' });
    assert.equal(text.split('\n').length, 2);
    const { service, code, msg } = JSON.parse(text) as Record<string, unknown>;
    assert.deepEqual([service, code, msg], ['devicepass', 'ABC', 'something happened']);
    assert.equal(logged('error', {}), '');
  });
});
