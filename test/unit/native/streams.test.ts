import { Readable } from 'node:stream';
import { expect } from 'chai';
import { wholeCharacters, wholeLength } from '#native/streams/characters.js';
import { isAllowedOrigin } from '#native/streams/origin.js';
import { terminalUrl, ticketOf } from '#native/streams/url.js';

describe('native streams', () => {
  describe('pieces of output', () => {
    const split = async (chunks: Buffer[]): Promise<Buffer[]> => {
      const pieces: Buffer[] = [];
      for await (const piece of wholeCharacters(Readable.from(chunks))) pieces.push(piece);
      return pieces;
    };

    it('end with a whole character, wherever the output is cut', async () => {
      const text = 'aé€😀z';
      const bytes = Buffer.from(text);
      for (let cut = 1; cut < bytes.length; cut++) {
        const pieces = await split([bytes.subarray(0, cut), bytes.subarray(cut)]);
        expect(pieces.map((p) => new TextDecoder('utf-8', { fatal: true }).decode(p)).join('')).to.equal(text);
      }
      const single = await split([...bytes].map((b) => Buffer.from([b])));
      expect(single.map(String)).to.deep.equal(['a', 'é', '€', '😀', 'z']);
    });

    it('lose no byte that is no text, and are never empty', async () => {
      const odd = [
        Buffer.from([0xff, 0x80, 0x80, 0x80]),
        Buffer.alloc(0),
        Buffer.from([0xc3]),
        Buffer.from([0xe2, 0x82]),
      ];
      const pieces = await split(odd);
      expect(Buffer.concat(pieces)).to.deep.equal(Buffer.concat(odd));
      for (const piece of pieces) expect(piece.length).to.be.greaterThan(0);
      expect(wholeLength(Buffer.alloc(0))).to.equal(0);
    });
  });

  describe('origins', () => {
    const allowed = (
      origin: string | undefined,
      more: { host?: string; proto?: string; hosts?: string[]; secure?: boolean } = {},
    ): boolean =>
      isAllowedOrigin(
        { origin, host: more.host ?? 'zun.example:6784', forwardedProto: more.proto },
        more.hosts ?? [],
        more.secure ?? false,
      );

    it('are those of the host, whatever the port', () => {
      for (const origin of [undefined, 'http://zun.example:6784', 'http://ZUN.example', 'http://zun.example:None']) {
        expect(allowed(origin), origin).to.equal(true);
      }
      expect(allowed('http://[::1]:None', { host: '[::1]:6784' })).to.equal(true);
      expect(allowed('http://[::1]', { host: '[::2]:6784' })).to.equal(false);
    });

    it('are refused of other hosts, unless they are allowed', () => {
      for (const origin of [
        'http://evil.example',
        'http://zun.example.evil.example',
        'null',
        '',
        'http://zun.example@evil.example',
        'zun.example',
      ]) {
        expect(allowed(origin), origin).to.equal(false);
      }
      expect(allowed('http://horizon.example', { hosts: ['Horizon.example'] })).to.equal(true);
    });

    it('match the transport, that before a proxy if it says so', () => {
      expect(allowed('https://zun.example')).to.equal(false);
      expect(allowed('https://zun.example', { secure: true })).to.equal(true);
      expect(allowed('http://zun.example', { secure: true })).to.equal(false);
      expect(allowed('http://zun.example', { secure: true, proto: 'https' })).to.equal(true);
    });
  });

  it('URLs name the ticket as Zun does', () => {
    const ticket = { token: 't', container: 'c', execId: null };
    expect(terminalUrl('ws://h:6784/', ticket)).to.equal('ws://h:6784/?token=t&uuid=c');
    const exec = { ...ticket, execId: 'e' };
    expect(terminalUrl('wss://h/zun', exec)).to.equal('wss://h/zun/?token=t&uuid=c&exec_id=e');
    expect(ticketOf('/any/path?token=t&uuid=c&exec_id=e')).to.deep.equal(exec);
    expect(ticketOf('/?token=t&uuid=c')).to.deep.equal(ticket);
    for (const target of ['/', '/?uuid=c', '/?token=t', '']) expect(ticketOf(target)).to.equal(null);
  });
});
