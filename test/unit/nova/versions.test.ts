import { expect } from 'chai';
import { RouteNotFound, VersionMalformed, VersionOutOfRange } from '#core/http/errors.js';
import { MicroVersion } from '#core/http/version.js';
import { NoSuchVersion } from '#nova/refusal.js';
import {
  choices,
  locate,
  MAX_VERSION,
  negotiate,
  versionDocument,
  versionHeaders,
  versionList,
} from '#nova/versions.js';

const base = 'http://host:8774';
const at = locate('/v2.1/servers');
const version = (headers: Record<string, string>, location = at, max = MAX_VERSION): string =>
  negotiate(headers, location, max).toString();

describe('Nova paths', () => {
  it('splits prefix, project and route', () => {
    const project = '6f70656e737461636b20342065766572';
    expect(locate('/v2.1/servers/x')).to.deep.equal({
      path: '/servers/x',
      prefix: '/v2.1',
      project: null,
      lenient: false,
    });
    expect(locate(`/v2.1/${project}/servers`)).to.deep.equal({
      path: '/servers',
      prefix: `/v2.1/${project}`,
      project,
      lenient: false,
    });
    expect(locate('/v2/servers')).to.deep.include({ path: '/servers', prefix: '/v2', lenient: true });
    expect(locate('/')).to.deep.include({ path: '/', prefix: '' });
    expect(locate('/v2.1')).to.deep.equal(locate('/v2.1/'));
    expect(locate(`/v2.1/${project}/`).path).to.equal('/versions/v2.1');
    expect(locate('/v2.1/servers/')).to.deep.equal(locate('/v2.1/servers'));
  });

  it('does not take a collection for a project', () => {
    for (const name of ['servers', 'flavors', 'os-keypairs', 'limits', 'extensions', 'os-hosts']) {
      expect(locate(`/v2.1/${name}`).path, name).to.equal(`/${name}`);
    }
  });

  it('knows no version anywhere else, and no zero bytes', () => {
    for (const path of ['/foo', '/v3/servers', '/v2.10/servers', '/v2.1x', '/servers']) {
      expect(() => locate(path), path).to.throw(NoSuchVersion);
    }
    expect(() => locate('/v2.1/flavors/a%00b')).to.throw(RouteNotFound);
  });
});

describe('Nova microversions', () => {
  it('are 2.1 without a header', () => {
    expect(version({})).to.equal('2.1');
    expect(version({ 'openstack-api-version': '2.60' })).to.equal('2.1');
    expect(version({ 'openstack-api-version': 'volume 3.0' })).to.equal('2.1');
  });

  it('come from either header, the standard one first', () => {
    expect(version({ 'openstack-api-version': 'compute 2.60' })).to.equal('2.60');
    expect(version({ 'openstack-api-version': 'volume 3.0, compute 2.30' })).to.equal('2.30');
    expect(version({ 'x-openstack-nova-api-version': '2.50' })).to.equal('2.50');
    expect(version({ 'openstack-api-version': 'compute 2.60', 'x-openstack-nova-api-version': '2.50' })).to.equal(
      '2.60',
    );
    expect(version({ 'openstack-api-version': 'volume 3.0', 'x-openstack-nova-api-version': '2.50' })).to.equal('2.50');
  });

  it('take latest for the maximum', () => {
    expect(version({ 'openstack-api-version': 'compute latest' })).to.equal('2.96');
    expect(version({ 'openstack-api-version': 'compute latest' }, at, MicroVersion.of('2.60'))).to.equal('2.60');
  });

  it('refuse what is malformed or out of range', () => {
    for (const text of ['abc', '2.01', '2', '2.', 'v2.1', '2.1.1', '02.1']) {
      expect(() => version({ 'openstack-api-version': `compute ${text}` }), text).to.throw(VersionMalformed);
    }
    for (const text of ['2.0', '2.97', '2.999', '3.0', '1.1']) {
      expect(() => version({ 'openstack-api-version': `compute ${text}` }), text).to.throw(VersionOutOfRange);
    }
    expect(() => version({ 'openstack-api-version': 'compute 2.61' }, at, MicroVersion.of('2.60'))).to.throw(
      VersionOutOfRange,
    );
  });

  it('are ignored under /v2', () => {
    expect(version({ 'openstack-api-version': 'compute 2.999' }, locate('/v2/servers'))).to.equal('2.1');
  });

  it('are answered in both headers', () => {
    expect(versionHeaders('2.60')).to.deep.equal({
      'OpenStack-API-Version': 'compute 2.60',
      'X-OpenStack-Nova-API-Version': '2.60',
      Vary: 'OpenStack-API-Version, X-OpenStack-Nova-API-Version',
    });
  });
});

describe('Nova discovery', () => {
  it('lists v2.0 first, with links that equal those of the documents', () => {
    const list = JSON.parse(JSON.stringify(versionList(base, MAX_VERSION))) as unknown;
    expect(list).to.deep.equal({
      versions: [
        {
          id: 'v2.0',
          status: 'SUPPORTED',
          version: '',
          min_version: '',
          updated: '2011-01-21T11:33:21Z',
          links: [{ rel: 'self', href: `${base}/v2/` }],
        },
        {
          id: 'v2.1',
          status: 'CURRENT',
          version: '2.96',
          min_version: '2.1',
          updated: '2013-07-23T11:33:21Z',
          links: [{ rel: 'self', href: `${base}/v2.1/` }],
        },
      ],
    });
  });

  it('describes one version', () => {
    expect(versionDocument(base, MAX_VERSION, false)).to.deep.equal({
      version: {
        id: 'v2.1',
        status: 'CURRENT',
        version: '2.96',
        min_version: '2.1',
        updated: '2013-07-23T11:33:21Z',
        links: [
          { rel: 'self', href: `${base}/v2.1/` },
          { rel: 'describedby', type: 'text/html', href: 'http://docs.openstack.org/' },
        ],
        'media-types': [{ base: 'application/json', type: 'application/vnd.openstack.compute+json;version=2.1' }],
      },
    });
  });

  it('offers choices with the path appended', () => {
    const answer = choices(base, MAX_VERSION, '/foo/bar');
    expect(answer).to.have.nested.property('choices[0].links[0].href', `${base}/v2/foo/bar`);
    expect(answer).to.have.nested.property('choices[1].links[0].href', `${base}/v2.1/foo/bar`);
    expect(answer)
      .to.have.nested.property('choices[1].media-types[0].type')
      .that.match(/version=2\.1$/);
  });
});
