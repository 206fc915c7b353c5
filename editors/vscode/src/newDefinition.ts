// A new definition: what is asked, and what the server is told (dhi-ls.new in
// docs/protocol.md). The server writes the text.

export interface Answers {
  kind: 'image' | 'package' | 'chart';
  dist: string;
  variant: 'runtime' | 'dev';
  /** What people call the product: Harbor Master. */
  name: string;
  /** The reference of the image without a tag. */
  image: string;
  version: string;
  user: string;
  ports: string[];
  packages: string[];
}

export interface Distribution {
  dist: string;
  label: string;
  description: string;
}

/** The distributions that the server writes definitions for. */
export const DISTRIBUTIONS: Distribution[] = [
  { dist: 'debian-13', label: 'Debian 13', description: 'trixie' },
  { dist: 'alpine-3.24', label: 'Alpine 3.24', description: '' },
  { dist: 'alpine-3.23', label: 'Alpine 3.23', description: '' },
  { dist: 'alpine-3.22', label: 'Alpine 3.22', description: '' },
  { dist: 'debian-12', label: 'Debian 12', description: 'bookworm' },
];

/** The name of an image for a product: harbor-master for Harbor Master. */
export function imageOf(name: string, kind: Answers['kind']): string {
  const word = name.toLowerCase().replace(/[^a-z0-9._]+/g, '-').replace(/^[^a-z0-9]+|[^a-z0-9]+$/g, '') || 'app';
  return { image: `dhi.io/${word}`, package: `dhi.io/pkg-${word}`, chart: `dhi.io/${word}-chart` }[kind];
}

/** Ports as a definition writes them: 8080/tcp. */
export function portsOf(input: string): string[] {
  return input.split(/[\s,]+/).filter((p) => p !== '').map((p) => (p.includes('/') ? p : `${p}/tcp`));
}

/** What is wrong with a text, in words; undefined when nothing is. */
export const wrong = {
  name: (text: string) => (/[\p{L}\p{N}]/u.test(text) ? undefined : 'A name, such as Harbor Master'),
  image: (text: string) =>
    /^[a-z0-9][a-z0-9.-]*(:\d+)?(\/[a-z0-9]+(?:[._-]+[a-z0-9]+)*)+$/.test(text) ? undefined : 'A registry and a name in small letters, such as registry.example.com/harbor-master',
  version: (text: string) => (/^\d+(\.\d+){0,2}([-+][\w.+-]+)?$/.test(text) ? undefined : 'A version, such as 1.4.0'),
  user: (text: string) => (/^[a-z_][a-z0-9_-]{0,31}$/.test(text) ? undefined : 'A user name in small letters, such as nonroot'),
  ports: (text: string) =>
    portsOf(text).every((p) => {
      const [, port] = /^(\d{1,5})\/(?:tcp|udp)$/.exec(p) ?? [];
      return port !== undefined && Number(port) >= 1 && Number(port) <= 65535;
    })
      ? undefined
      : 'Ports with blanks between them, such as 8080 or 53/udp',
};

/** The argument of dhi-ls.new. */
export function argumentOf(answers: Partial<Answers>): Record<string, unknown> {
  const { user, variant, ...rest } = answers;
  const runs = variant === 'dev' || user === undefined ? {} : { user }; // a dev variant runs as root
  return { ...rest, ...(variant === undefined ? {} : { variant }), ...runs };
}

/** A definition with a prefix as the last of its packages, and where the prefix ends. */
export function withPrefix(text: string, prefix: string): { text: string; line: number; character: number } | undefined {
  const lines = text.split('\n');
  const at = lines.indexOf('  packages:');
  if (at < 0) {
    return undefined;
  }
  lines.splice(at + 1, 0, `    - ${prefix}`);
  return { text: lines.join('\n'), line: at + 1, character: 6 + prefix.length };
}
