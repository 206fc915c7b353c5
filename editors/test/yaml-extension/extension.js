// The YAML extension of Red Hat is published on marketplaces only. This one
// has its id, runs the real yaml-language-server that it runs, and answers
// the two requests behind its exported API as it does: registerContributor
// puts a schema before those that are chosen by file name.
const path = require('node:path');

const modules = path.join(process.env.EDITORS, 'yaml/node_modules');
const { LanguageClient, TransportKind } = require(path.join(modules, 'vscode-languageclient/node'));

let client;

exports.activate = async () => {
  const contributors = new Map();
  const module = path.join(modules, 'yaml-language-server/out/server/src/server.js');
  const run = { module, transport: TransportKind.ipc };
  client = new LanguageClient('yaml', 'YAML', { run, debug: run }, { documentSelector: [{ language: 'yaml' }], synchronize: { configurationSection: ['yaml'] } });
  await client.start();
  client.onRequest('custom/schema/request', (resource) => [...contributors.values()].map((c) => c.request(resource)).filter(Boolean));
  client.onRequest('custom/schema/content', (uri) => {
    for (const [name, c] of contributors) {
      if (uri.startsWith(`${name}:`)) {
        return c.content(uri);
      }
    }
    throw new Error(`no contributor for ${uri}`);
  });
  await client.sendNotification('yaml/registerCustomSchemaRequest');
  return {
    registerContributor(name, request, content) {
      contributors.set(name, { request, content });
      return true;
    },
  };
};

exports.deactivate = () => client?.stop();
