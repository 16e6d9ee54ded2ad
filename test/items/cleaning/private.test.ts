import { generateKeyPairSync } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { personalData } from '../../../items/cleaning/personal.ts';
import { replacePieces } from '../../../items/cleaning/replace.ts';
import { secretFinder } from '../../../items/cleaning/secrets.ts';

const withoutPersonal = (text: string): string => replacePieces(text, personalData(text));

const findSecrets = await secretFinder();
const withoutSecrets = async (text: string): Promise<string> => replacePieces(text, await findSecrets(text));

/** Put together here, so that no scanner takes this file for one with secrets. */
const secret = (...parts: string[]): string => parts.join('');

describe('addresses in a text', () => {
  it('are replaced by reserved ones, the same by the same', () => {
    expect(withoutPersonal('Jo <jo@a.org>, Al <al@b.co.uk>, JO@a.org')).toBe(
      'Jo <user1@example.com>, Al <user2@example.com>, user1@example.com',
    );
    expect(withoutPersonal('dns = ["8.8.8.8", "1.1.1.1"]; web = "142.250.74.78"')).toBe(
      'dns = ["192.0.2.1", "192.0.2.2"]; web = "192.0.2.3"',
    );
    expect(withoutPersonal('listen [2a00:1450:4001:82a::200e]:443')).toBe('listen [2001:db8::1]:443');
  });

  it('are none once they are replaced', () => {
    const once = withoutPersonal('jo@a.org 142.250.74.78 2a00:1450:4001:82a::200e');
    expect([personalData(once), once]).toEqual([[], 'user1@example.com 192.0.2.1 2001:db8::1']);
  });

  it.each([
    ['after the scheme or the name that they are given', 'mailto:jo@a.org, "email:al@b.co.uk"', 'mailto:user1@example.com, "email:user2@example.com"'],
    ['of countries whose letters end the names of files', 'petar@etf.bg.ac.rs, ion@firma.com.md', 'user1@example.com, user2@example.com'],
    ['that a text is compared with', 'if (ip == "93.184.216.34")', 'if (ip == "192.0.2.1")'],
    ['in the line of another comparison', 'if n >= 2 and ip in ["93.184.216.34"]:', 'if n >= 2 and ip in ["192.0.2.1"]:'],
  ])('are seen %s', (_, text, replaced) => {
    expect(withoutPersonal(text)).toBe(replaced);
  });

  it.each([
    'git@github.com:team/tool.git',
    'postgres://reader:word@db.company.org/x',
    'import "logo@2x.js", "tool@next.rs", "tool@1.2.rs", "tool@v1.2-beta.md"',
    'https://user:word@host.com/path',
    '12345+jo@users.noreply.github.com',
    'y = a@b.T + x@w.to(device) + left@right.sum',
    'src="logo@2x.png"',
    '@app.route("/")',
    'host = "192.168.1.17" or "10.0.0.12" or "172.31.255.1" or "127.0.0.1" or "255.255.255.0"',
    'oid = 1.3.6.1.4.1.311',
    'x = "1.2.3.4"',
    'version 12.34.56.78',
    'numpy>=11.22.33.44',
    'tool==11.22.33.44',
    'assert tool >= "11.22.33.44"',
    'if (2000::value)',
    '2021:10:05',
  ])('are not seen in %j', (text) => {
    expect(personalData(text)).toEqual([]);
  });

  it('are versions by what stands within 200 characters of their line', () => {
    const words = fc.constantFrom('version ', 'dns ', 'x '.repeat(40), 'x'.repeat(199), '\n', '93.184.216.34 ', '8.8.8.8 ');
    const oracle = (text: string, at: number, found: string): boolean => {
      const [start, end] = [text.lastIndexOf('\n', at) + 1, `${text}\n`.indexOf('\n', at)];
      const line = text.slice(Math.max(start, at - 200), Math.min(end, at + 200));
      return !/version/.test(line) && (found === '93.184.216.34' || /dns/.test(line));
    };
    fc.assert(
      fc.property(fc.array(words, { maxLength: 20 }), (parts) => {
        const text = parts.join('');
        const written = [...text.matchAll(/(?<![\w.])(?:93\.184\.216\.34|8\.8\.8\.8)/g)];
        const seen = written.filter(({ 0: found, index }) => oracle(text, index, found));
        expect(personalData(text).map(({ start }) => start)).toEqual(seen.map(({ index }) => index));
      }),
    );
  });

  it('are all seen in one line of many megabytes', () => {
    expect(personalData('93.184.216.34 '.repeat(1_000_000))).toHaveLength(1_000_000);
  });
});

describe('secrets in a text', () => {
  it.each([
    [secret('ghp_', 'wWPw5k4aXcaT4fNP0UcnZwJUVFk6LO0pINUx'), 'a token of GitHub'],
    [secret('AKIA', 'IOSFODNN7EXAMPL2'), 'an access key of AWS'],
    [secret('xox', 'b-23984754863-2348975623103-Vd7Ec8IsJ9aFbK2mQx0LtRwP'), 'a token of Slack'],
  ])('are replaced, as %s is, %s', async (key) => {
    expect(await withoutSecrets(`key = "${key}"\nagain("${key}")`)).toBe('key = "<KEY>"\nagain("<KEY>")');
  });

  it('are replaced as blocks of private keys', async () => {
    const lines = Array.from({ length: 12 }, (_, at) => `MIIEpAIBAAKCAQEA0${at}xzYhVQzaSLz9bqX8RkO2nJvTmW5cLdE7gHsUyFiPoKtAj`);
    const block = `-----BEGIN RSA ${'PRIVATE'} KEY-----\n${lines.join('\n')}\n-----END RSA ${'PRIVATE'} KEY-----`;
    expect(await withoutSecrets(`pem = """${block}"""`)).toBe('pem = """<KEY>"""');
  });

  const cipher = { cipher: 'aes-256-cbc', passphrase: 'a word' };
  const [p256, ed25519] = [generateKeyPairSync('ec', { namedCurve: 'P-256' }), generateKeyPairSync('ed25519')];
  const keys = {
    'EC P-256': p256.privateKey.export({ type: 'sec1', format: 'pem' }),
    'EC P-256 with headers': p256.privateKey.export({ type: 'sec1', format: 'pem', ...cipher }),
    'PKCS#8 P-256': p256.privateKey.export({ type: 'pkcs8', format: 'pem' }),
    'PKCS#8 ed25519': ed25519.privateKey.export({ type: 'pkcs8', format: 'pem' }),
    'encrypted PKCS#8 ed25519': ed25519.privateKey.export({ type: 'pkcs8', format: 'pem', ...cipher }),
  };

  it.each(Object.entries(keys))('are private keys, as one of %s is, alone and in strings', async (_, key) => {
    const pem = key.toString().trim();
    const lines = pem.split('\n');
    expect(await withoutSecrets(`${pem}\n`)).toBe('<KEY>\n');
    expect(await withoutSecrets(`pem = """\n${pem}\n"""\nother = """${pem}"""`)).toBe('pem = """\n<KEY>\n"""\nother = """<KEY>"""');
    expect(await withoutSecrets(`const pem = ${JSON.stringify(pem)};`)).toBe('const pem = "<KEY>";');
    expect(await withoutSecrets(`pem = ("${lines.join(String.raw`\n"` + '\n       "')}")`)).toBe('pem = ("<KEY>")');
    expect(await withoutSecrets(pem.replaceAll('\n', '\r\n'))).toBe('<KEY>');
  });

  it.each([
    ['the lines around one', ''],
    ['a place for one', 'put the lines of your own private key here, all of them, and keep them to yourself'],
    ['code that looks for the lines around one', `";\nif (text.includes(first)) found.push(checkedKey(text));\n${'call(it);\n'.repeat(20)}const last = "`],
  ])('are not %s', async (_, between) => {
    expect(await findSecrets(`first = "-----BEGIN ${'PRIVATE'} KEY-----${between}-----END ${'PRIVATE'} KEY-----"`)).toEqual([]);
  });

  it.each([
    ['API_KEY = "', '9fK2mQx0LtRwPVd7Ec8IsJ'],
    ['"client-secret": "', 'Zt7Qp0Xc4Vb9Nm2Kj5Hg8Fd'],
    ['apiKey := "', '9fK2mQx0LtRwPVd7Ec8IsJ'],
    ["password => '", 'q7W!'.replace('!', 'x9Zt7Qp0Xc4Vb9Nm2K')],
  ])('are seen by the name they are assigned to: %s', async (before, value) => {
    expect(await withoutSecrets(`${before}${value}${before.at(-1)}`)).toBe(`${before}<KEY>${before.at(-1)}`);
  });

  it.each([
    'password = "correct-horse-battery-staple"',
    'token = "your-token-goes-here-0123456789"',
    'api_key = "123e4567-e89b-12d3-a456-426614174000"',
    'secret = "aaaaaaaaaaaaaaaaaaaaaaa1"',
    'digest = "da39a3ee5e6b4b0d3255bfef95601890afd80709"',
    'token = get_token(request.headers)',
  ])('are not seen in %j', async (text) => {
    expect(await findSecrets(text)).toEqual([]);
  });
});

describe('pieces of a text', () => {
  it('are replaced once where they overlap: the first, and of those that begin together the longest', () => {
    const piece = (start: number, end: number, replacement: string) => ({ start, end, sort: 'secret', replacement });
    expect(replacePieces('0123456789', [piece(4, 6, 'c'), piece(1, 3, 'a'), piece(1, 5, 'b'), piece(8, 9, 'd')])).toBe('0b567d9');
  });
});
