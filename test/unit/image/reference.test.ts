import { expect } from 'chai';
import {
  familiarName,
  isExplicit,
  normalise,
  parseReference,
  referenceId,
  uploadedId,
  uploadReference,
} from '#core/image/reference.js';

const DIGEST = `sha256:${'0123456789abcdef'.repeat(4)}`;

describe('image references', () => {
  const full: Record<string, string> = {
    busybox: 'docker.io/library/busybox:latest',
    'busybox:latest': 'docker.io/library/busybox:latest',
    'library/busybox': 'docker.io/library/busybox:latest',
    'docker.io/busybox': 'docker.io/library/busybox:latest',
    'index.docker.io/library/busybox:latest': 'docker.io/library/busybox:latest',
    'nginx:1.25': 'docker.io/library/nginx:1.25',
    'grafana/grafana': 'docker.io/grafana/grafana:latest',
    'quay.io/a/b/c:v1': 'quay.io/a/b/c:v1',
    'localhost/x': 'localhost/x:latest',
    'localhost:5000/x': 'localhost:5000/x:latest',
    'registry:5000/a/b:2': 'registry:5000/a/b:2',
    'MyHost/x': 'MyHost/x:latest',
    '127.0.0.1:5000/x': '127.0.0.1:5000/x:latest',
    '[::1]:5000/x': '[::1]:5000/x:latest',
    'a__b/c-d.e_f': 'docker.io/a__b/c-d.e_f:latest',
    [`busybox@${DIGEST}`]: `docker.io/library/busybox@${DIGEST}`,
    [`busybox:1.36@${DIGEST}`]: `docker.io/library/busybox@${DIGEST}`,
  };
  for (const [text, want] of Object.entries(full)) {
    it(`${text} is ${want}`, () => {
      expect(normalise(text)).to.equal(want);
      expect(normalise(want)).to.equal(want);
    });
  }

  const none = [
    '',
    'Busybox',
    'a b',
    'a:',
    ':a',
    'a:b c',
    '/a',
    'a/',
    'a//b',
    'a..b',
    '-a',
    'a@',
    'a@sha256:12',
    'a:-t',
  ];
  for (const text of [...none, 'f'.repeat(64), 'x/'.repeat(140), `a:${'t'.repeat(129)}`, 'http://a/b', 'büsybox']) {
    it(`${JSON.stringify(text.slice(0, 20))} is none`, () => {
      expect(normalise(text)).to.equal(null);
    });
  }

  it('are shown as docker shows them', () => {
    const shown = (text: string): string | null => {
      const parsed = parseReference(text);
      return parsed && familiarName(parsed);
    };
    expect(shown('docker.io/library/busybox:latest')).to.equal('busybox');
    expect(shown('nginx:1.25')).to.equal('nginx:1.25');
    expect(shown('docker.io/grafana/grafana')).to.equal('grafana/grafana');
    expect(shown('quay.io/a/b:latest')).to.equal('quay.io/a/b');
    expect(shown(`busybox@${DIGEST}`)).to.equal(`busybox@${DIGEST}`);
  });

  it('are told from bare words', () => {
    expect(isExplicit('nginx')).to.equal(false);
    expect(isExplicit('nginx:1.25')).to.equal(true);
    expect(isExplicit('quay.io/a/b')).to.equal(true);
    expect(isExplicit('My Image: 2')).to.equal(false);
  });
});

describe('ids of images', () => {
  it('follow from the full reference, as UUIDs of version 5', () => {
    // computed with Python: uuid.uuid5(uuid.UUID(IMAGE_NAMESPACE), 'docker.io/library/busybox:latest')
    expect(referenceId('docker.io/library/busybox:latest')).to.equal('66a9c183-3faf-5af6-9631-d3105d7bd4a6');
    expect(referenceId('docker.io/library/busybox:1')).to.not.equal('66a9c183-3faf-5af6-9631-d3105d7bd4a6');
  });

  it('are found in our own name for uploaded data, in any form', () => {
    const id = '3cb9bc59-5699-4588-a4b1-b87f96708bc6';
    expect(uploadedId(uploadReference(id))).to.equal(id);
    expect(uploadedId(`docker.io/zunova/image:${id}`)).to.equal(id);
    expect(uploadedId(`index.docker.io/zunova/image:${id}`)).to.equal(id);
    expect(uploadedId(`quay.io/zunova/image:${id}`)).to.equal(null);
    expect(uploadedId('zunova/image:latest')).to.equal(null);
  });
});
