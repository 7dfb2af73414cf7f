import { expect } from 'chai';
import { NotInVersion, VersionMalformed, VersionOutOfRange } from '#core/http/errors.js';
import { nativeDialect } from '#native/dialect.js';
import { negotiate, OtherService, refusalText } from '#native/versions.js';

const of = (header: string | undefined): string =>
  negotiate(header === undefined ? {} : { 'openstack-api-version': header }).toString();

describe('native microversions', () => {
  const accepted = [
    [undefined, '1.1'],
    ['', '1.1'],
    ['container 1.1', '1.1'],
    ['container 1.40', '1.40'],
    ['  container   1.12 ', '1.12'],
    ['container latest', '1.40'],
    ['container LATEST', '1.40'],
    ['foo latest', '1.40'],
    ['compute 2.1, container 1.20', '1.20'],
    ['container 1.20,compute latest', '1.20'],
  ] as const;
  for (const [header, version] of accepted) {
    it(`${header ?? 'no header'} is ${version}`, () => expect(of(header)).to.equal(version));
  }

  const refused = [
    ['latest', OtherService],
    ['1.40', OtherService],
    ['compute 2.1', OtherService],
    ['compute 2.1, volume latest', OtherService],
    ['container 1', VersionMalformed],
    ['container a.b', VersionMalformed],
    ['container 1.01', VersionMalformed],
    ['container 1.41', VersionOutOfRange],
    ['container 1.0', VersionOutOfRange],
    ['container 2.0', VersionOutOfRange],
  ] as const;
  for (const [header, kind] of refused) {
    it(`${header} is refused as ${kind.name}`, () => expect(() => of(header)).to.throw(kind));
  }

  it('explains refusals in the words of Zun', () => {
    const range = 'The supported version range is: [container 1.1, container 1.40].';
    expect(refusalText(new VersionOutOfRange('1.41'))).to.equal(
      `Version 1.41 was requested but the minor version is not supported by this service. ${range}`,
    );
    expect(refusalText(new VersionOutOfRange('2.0'))).to.equal(
      `Mutually exclusive versions requested. Version 2.0 requested but not supported by this service. ${range}`,
    );
    expect(refusalText(new NotInVersion('1.3'))).to.equal(
      'Version 1.3 was requested but the requested API is not supported for this version.',
    );
    expect(refusalText(new OtherService('x'))).to.equal('Invalid service type for OpenStack-API-Version header');
    expect(refusalText(new VersionMalformed('x'))).to.equal('Invalid value for OpenStack-API-Version header');
  });
});

describe('native paths', () => {
  const paths = [
    ['/', '/'],
    ['//', '/'],
    ['/v1', '/v1'],
    ['/v1/', '/v1'],
    ['/v1/containers', '/v1/containers'],
    ['/v1/containers/', '/v1/containers'],
    ['/v1/containers//abc', '/v1/containers/abc'],
    ['/v1/containers//abc/start', '/v1/containers/abc/start'],
    ['/containers', '/v1/containers'],
    ['/capsules/', '/v1/capsules'],
    ['/v2/containers', '/v1/v2/containers'],
    ['/v1/containers/web.js', '/v1/containers/web.js'],
    ['/v1/images/library%2Fnginx/search', '/v1/images/library%2Fnginx/search'],
  ] as const;
  for (const [path, expected] of paths) {
    it(`${path} leads to ${expected}`, () => expect(nativeDialect.locate(path).path).to.equal(expected));
  }

  it('tells actions from resources', () => {
    const hides = (path: string): boolean => nativeDialect.hidesMethods?.(path) ?? false;
    expect(hides('/v1/containers/a/start')).to.equal(true);
    expect(hides('/v1/services/enable')).to.equal(true);
    expect(hides('/v1/containers/a')).to.equal(false);
    expect(hides('/v1/containers')).to.equal(false);
    expect(hides('/v1/containers/start')).to.equal(false);
    expect(hides('/v1/containers/a/container_actions')).to.equal(false);
    expect(hides('/v1/containers/a/container_actions/req-1')).to.equal(false);
  });
});
