import { expect } from 'chai';
import { referenceId } from '#core/image/reference.js';
import { type ImageApi, imageApi } from '#test/lib/image-api.js';

const engineImage = {
  id: 'sha256:1',
  tags: ['busybox:latest'],
  sizeBytes: 1000,
  createdAt: new Date('2026-01-10T08:00:00Z'),
  command: [],
  entrypoint: [],
  exposedPorts: [],
  environment: {},
};

for (const autocreate of [false, true]) {
  describe(`image API: look-up by reference, image_autocreate ${autocreate ? 'on' : 'off'}`, () => {
    let api: ImageApi;
    let demo: string;
    before(async () => {
      api = await imageApi({ autocreate });
      demo = await api.token('demo', 'demo');
      await api.database.query(
        `insert into hosts (name, availability_zone, address, info) values ('a', 'z', '', '{}')`,
      );
      await api.images.engineHas('a', [engineImage]);
    });
    after(() => api.close());

    it('finds what an engine has under every name, and echoes the name', async () => {
      const id = referenceId('docker.io/library/busybox:latest');
      for (const name of ['busybox', 'busybox:latest', 'library/busybox', 'docker.io/library/busybox:latest']) {
        const [image, ...more] = await api.list(demo, `?name=${encodeURIComponent(name)}`);
        expect(more).to.have.length(0);
        expect(image?.value, name).to.deep.include({
          id,
          name,
          status: 'active',
          visibility: 'public',
          container_image: 'docker.io/library/busybox:latest',
          size: 1000,
          owner: null,
        });
      }
      expect((await api.list(demo, '?name=busybox:latest&status=queued')).length).to.equal(0);
      expect((await api.list(demo, '?name=busybox:latest&os_hidden=True')).length).to.equal(0);
    });

    it('makes no record of a bare word, nor of what is no reference', async () => {
      for (const name of ['nosuch', 'No Such', '', 'a:b:c']) {
        expect(await api.list(demo, `?name=${encodeURIComponent(name)}`), name).to.have.length(0);
      }
      const [row] = await api.database.query<{ n: string }>('select count(*) as n from images');
      expect(Number(row?.n)).to.equal(1);
    });

    it(`${autocreate ? 'makes' : 'does not make'} a record of another reference`, async () => {
      const lookUp = () => api.list(demo, `?name=${encodeURIComponent('quay.io/a/b:1')}`);
      const found = await Promise.all([lookUp(), lookUp(), lookUp()]);
      if (!autocreate) {
        expect(found.flat()).to.have.length(0);
        return;
      }
      for (const [image] of found) {
        expect(image?.value).to.deep.include({
          id: referenceId('quay.io/a/b:1'),
          name: 'quay.io/a/b:1',
          status: 'active',
          container_image: 'quay.io/a/b:1',
          container_format: 'docker',
        });
      }
      const alt = await api.token('alt', 'alt');
      expect((await api.call(`/v2/images/${referenceId('quay.io/a/b:1')}`, { token: alt })).status).to.equal(200);
    });

    it('keeps an image of an engine as long as the engine has it', async () => {
      const admin = await api.token('admin', 'demo');
      const id = referenceId('docker.io/library/busybox:latest');
      const answer = await api.call(`/v2/images/${id}`, { method: 'DELETE', token: admin });
      expect(answer.status).to.equal(409);
      expect(answer.json().text('message')).to.contain('on the container engine of a');
      expect((await api.call(`/v2/images/${id}`, { method: 'DELETE', token: demo })).status).to.equal(403);
      const file = await api.call(`/v2/images/${id}/file`, { token: demo });
      expect(file.status).to.equal(404);
      expect(file.json().text('message')).to.contain('on the container engine of a');
    });
  });
}
