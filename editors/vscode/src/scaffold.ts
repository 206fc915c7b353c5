// The text of a new definition. A server that writes definitions itself is
// asked instead (see newDefinition.ts).

/** The answers of the user. */
export interface Answers {
  distribution: Distribution;
  variant: 'runtime' | 'dev';
  /** What the image is called by people: Harbormaster. */
  title: string;
  /** The reference of the image without a tag: registry.example.com/harbormaster. */
  image: string;
  /** MAJOR.MINOR.PATCH of the product. */
  version: string;
  packages: string[];
  /** The user that the image runs as. */
  user: string;
  /** Ports as the definition writes them: 8080/tcp. */
  ports: string[];
}

export interface Distribution {
  family: 'alpine' | 'debian';
  release: string;
  codename?: string;
}

/** The releases that are offered, the usual one first. */
export const DISTRIBUTIONS: Distribution[] = [
  { family: 'alpine', release: '3.23' },
  { family: 'debian', release: '13', codename: 'trixie' },
  { family: 'alpine', release: '3.24' },
  { family: 'alpine', release: '3.22' },
  { family: 'debian', release: '12', codename: 'bookworm' },
];

const ALWAYS = {
  alpine: { runtime: ['alpine-baselayout-data', 'ca-certificates-bundle', 'tzdata'], dev: ['apk-tools', 'busybox'] },
  debian: { runtime: ["'!mawk'", 'base-files', 'ca-certificates', 'libc6', 'tzdata'], dev: ['apt', 'bash', 'coreutils', 'dpkg'] },
};

/** The definition that the answers describe. It has no findings. */
export function scaffold(a: Answers): string {
  const parts = [head(a), contents(a), accounts(a), osRelease(a), environment(a), annotations(a), running(a)];
  return parts.map((lines) => lines.join('\n')).filter((p) => p !== '').join('\n\n') + '\n';
}

function head(a: Answers): string[] {
  const [major = '1', minor = '0'] = a.version.split('.');
  const suffix = `${a.distribution.family}${a.distribution.release}${a.variant === 'dev' ? '-dev' : ''}`;
  const tags = [major, `${major}.${minor}`, a.version].map((v) => `${v}-${suffix}`);
  return [
    `# syntax=dhi.io/build:2-${a.distribution.family}${a.distribution.release}`,
    '',
    `name: ${quoted(`${a.title} ${major}.x${a.variant === 'dev' ? ' (dev)' : ''}`)}`,
    `image: ${a.image}`,
    `variant: ${a.variant}`,
    'tags:',
    ...items([...new Set(tags)]),
    'platforms:',
    ...items(['linux/amd64', 'linux/arm64']),
  ];
}

function contents(a: Answers): string[] {
  const { family, release } = a.distribution;
  const base = ALWAYS[family];
  const given = a.packages.map(quoted);
  const packages = [...new Set([...base.runtime, ...(a.variant === 'dev' ? base.dev : []), ...given])].sort(byName);
  const repositories =
    family === 'alpine'
      ? ['  repositories:', ...items(['main', 'community'].map((r) => `https://dl-cdn.alpinelinux.org/alpine/v${release}/${r}`), 4)]
      : [];
  return ['contents:', ...repositories, '  packages:', ...items(packages, 4)];
}

/** Exclusions first, as the catalog has them. */
function byName(a: string, b: string): number {
  const exclusion = (name: string) => Number(!/^'?!/.test(name));
  return exclusion(a) - exclusion(b) || (a < b ? -1 : 1);
}

function accounts(a: Answers): string[] {
  return [
    'accounts:',
    `  run-as: ${a.variant === 'dev' ? 'root' : a.user}`,
    ...(a.variant === 'dev' ? ['  root: true'] : []),
    '  users:',
    `    - name: ${a.user}`,
    '      uid: 65532',
    '      gid: 65532',
    '  groups:',
    `    - name: ${a.user}`,
    '      gid: 65532',
    '      members:',
    `        - ${a.user}`,
  ];
}

function osRelease(a: Answers): string[] {
  const { family, release, codename } = a.distribution;
  const family_ = family === 'alpine' ? 'Alpine' : 'Debian';
  const on = family === 'alpine' ? `Alpine Linux v${release}` : `Debian GNU/Linux ${release} (${codename})`;
  return [
    'os-release:',
    `  name: Docker Hardened Images (${family_})`,
    `  id: ${family}`,
    `  version-id: "${release}"`,
    ...(codename ? [`  version-codename: ${codename}`] : []),
    `  pretty-name: ${quoted(`${a.title} on ${on}`)}`,
    '  home-url: https://docker.com/products/hardened-images/',
    '  bug-report-url: https://docker.com/support/',
  ];
}

function environment(a: Answers): string[] {
  const noQuestions = a.variant === 'dev' && a.distribution.family === 'debian' ? ['  DEBIAN_FRONTEND: noninteractive'] : [];
  return ['environment:', ...noQuestions, '  SSL_CERT_FILE: /etc/ssl/certs/ca-certificates.crt'];
}

function annotations(a: Answers): string[] {
  return [
    'annotations:',
    `  org.opencontainers.image.description: ${quoted(`${a.title}${a.variant === 'dev' ? ' for development' : ''}`)}`,
    '  org.opencontainers.image.licenses: Apache-2.0',
  ];
}

function running(a: Answers): string[] {
  const shell = a.distribution.family === 'alpine' ? '/bin/sh' : '/bin/bash';
  const ports = a.ports.length > 0 ? ['', 'ports:', ...items(a.ports)] : [];
  return ['cmd:', ...items([a.variant === 'dev' ? shell : '/bin/true']), ...ports];
}

function items(values: string[], indent = 2): string[] {
  return values.map((v) => `${' '.repeat(indent)}- ${/^\d+(\.\d+)?$/.test(v) ? `"${v}"` : v}`);
}

/** A scalar that YAML reads as the text it is. */
function quoted(text: string): string {
  return /^[A-Za-z][\w .()/+=~-]*$/.test(text) && !/^(true|false|yes|no|on|off|null)$/i.test(text)
    ? text
    : `'${text.replaceAll("'", "''")}'`;
}
