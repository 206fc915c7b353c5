/** VS Code's names of platforms, and Go's. Alpine takes the Linux server, which is static. */
export const TARGETS = {
  'linux-x64': ['linux', 'amd64'],
  'alpine-x64': ['linux', 'amd64'],
  'linux-arm64': ['linux', 'arm64'],
  'alpine-arm64': ['linux', 'arm64'],
  'darwin-x64': ['darwin', 'amd64'],
  'darwin-arm64': ['darwin', 'arm64'],
  'win32-x64': ['windows', 'amd64'],
  'win32-arm64': ['windows', 'arm64'],
};
