import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ConfigError, readApps } from '../../src/config.ts';

const STATEMENT = 'eyJhbGciOiJSUzI1NiJ9.c3RhdGVtZW50.c2ln';
const app = {
  softwareStatement: STATEMENT,
  serviceProvider: 'REF30',
  domainName: 'example.com',
  redirectUrl: 'https://tv.example/done',
};

const NO_JWT =
  'FILE: softwareStatement of tv is not a JWT: paste the software statement of the TVE Dashboard as it is (three parts with dots between)';

describe('the file of apps', () => {
  let folder: string;
  let file: string;
  before(() => {
    folder = mkdtempSync(join(tmpdir(), 'devicepass-apps-'));
    file = join(folder, 'apps.json');
  });
  after(() => rmSync(folder, { recursive: true }));

  function problem(content: unknown): string {
    writeFileSync(file, typeof content === 'string' ? content : JSON.stringify(content));
    try {
      readApps(file);
    } catch (error) {
      assert.ok(error instanceof ConfigError, String(error));
      assert.ok(!error.message.includes('\n'), 'one line');
      assert.ok(!error.message.includes(STATEMENT.slice(0, 10)), 'no statement in it');
      assert.ok(error.message.startsWith(`${file}: `) || error.message.includes(file));
      return error.message.replaceAll(file, 'FILE');
    }
    return assert.fail('this file was accepted');
  }

  it('gives every app by its name', () => {
    writeFileSync(file, JSON.stringify({ tv: app, 'tv.two': { ...app, serviceProvider: 'B' } }));
    const apps = readApps(file);
    assert.deepEqual([...apps.keys()], ['tv', 'tv.two']);
    assert.deepEqual(apps.get('tv'), app);
  });

  it('may keep a statement in a file of its own', () => {
    const statementFile = join(folder, 'statement.txt');
    writeFileSync(statementFile, `${STATEMENT}\n`);
    const { softwareStatement: _inline, ...rest } = app;
    writeFileSync(file, JSON.stringify({ tv: { ...rest, softwareStatementFile: statementFile } }));
    assert.deepEqual(readApps(file).get('tv'), app);
  });

  it('says that it is missing', () => {
    assert.throws(() => readApps(join(folder, 'none.json')), {
      name: 'ConfigError',
      message: `${join(folder, 'none.json')} can't be read (ENOENT): set DEVICEPASS_APPS to the file of apps`,
    });
  });

  it('says which statement file is missing, and in which app', () => {
    const { softwareStatement: _inline, ...rest } = app;
    const line = problem({ tv: { ...rest, softwareStatementFile: '/none/statement' } });
    assert.equal(
      line,
      "/none/statement can't be read (ENOENT): correct softwareStatementFile of tv in FILE",
    );
  });

  const name = 'use 1 to 60 letters, digits, . _ or - for the name of an app';
  const wrong: [what: string, content: unknown, message: string][] = [
    [
      'bad JSON',
      `{"tv": {"softwareStatement": "${STATEMENT}" oops`,
      'FILE is not JSON: check its syntax',
    ],
    ['a list', [app], 'FILE: the file: give an object of apps by name'],
    ['no app', {}, 'FILE: the file: add an app, by name'],
    ['a bad name', { 'my tv': app }, `FILE: my tv: ${name}`],
    ['a name too long', { ['a'.repeat(61)]: app }, `FILE: ${'a'.repeat(61)}: ${name}`],
    [
      'an app that is none',
      { tv: STATEMENT },
      'FILE: tv: give an object with the fields of an app',
    ],
    [
      'no statement',
      { tv: { ...app, softwareStatement: undefined } },
      'FILE: tv has no software statement: give softwareStatement or softwareStatementFile',
    ],
    [
      'an empty statement',
      { tv: { ...app, softwareStatement: '' } },
      'FILE: tv.softwareStatement: give a text that is not empty',
    ],
    [
      'what stands in the example instead of a statement',
      { tv: { ...app, softwareStatement: 'paste the statement of the TV app' } },
      NO_JWT,
    ],
    [
      'a statement cut short',
      { tv: { ...app, softwareStatement: STATEMENT.slice(0, -5) } },
      NO_JWT,
    ],
    ['dots with nothing of a JWT', { tv: { ...app, softwareStatement: 'one.two.three' } }, NO_JWT],
    [
      'a bad URL',
      { tv: { ...app, redirectUrl: 'done' } },
      'FILE: tv.redirectUrl: give an absolute URL',
    ],
    [
      'a missing field',
      { tv: { ...app, domainName: undefined } },
      'FILE: tv.domainName: give a text',
    ],
    [
      'no trial in a list',
      { tv: { ...app, tempPass: [] } },
      'FILE: tv.tempPass: give an MVPD id, or leave it out',
    ],
    [
      'a trial alone',
      { tv: { ...app, tempPass: 'A' } },
      'FILE: tv.tempPass: give a list of MVPD ids',
    ],
    [
      'a trial twice',
      { tv: { ...app, tempPass: ['A', 'A'] } },
      'FILE: tv.tempPass: name each MVPD once',
    ],
    [
      'a misspelt field',
      { tv: { ...app, softwareStatment: STATEMENT } },
      'FILE: tv: there is no softwareStatment: use softwareStatement, softwareStatementFile, serviceProvider, domainName, redirectUrl, tempPassIdentityKey, noSingleSignOn, tempPass',
    ],
  ];
  for (const [what, content, message] of wrong) {
    it(`refuses ${what} in one line that says what to do`, () => {
      assert.equal(problem(content), message);
    });
  }
});
