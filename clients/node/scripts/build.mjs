// Compiles the package into dist, once as ES modules and once as CommonJS; with --tests, the tests into target. The
// compiler alone does it, so that what is published is what it wrote.
import { spawnSync } from 'node:child_process';
import { copyFileSync, mkdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';

const FOLDER = new URL('../', import.meta.url);
const TSC = createRequire(import.meta.url).resolve('typescript/bin/tsc');
const ES_MODULES = '{ "type": "module" }\n';

const at = (name) => fileURLToPath(new URL(name, FOLDER));

function compile(project) {
  const { status } = spawnSync(process.execPath, [TSC, '-p', at(project)], { stdio: 'inherit' });
  if (status !== 0) process.exit(status ?? 1);
}

function anew(folder) {
  rmSync(at(folder), { recursive: true, force: true });
  mkdirSync(at(folder), { recursive: true });
}

if (process.argv.includes('--tests')) {
  anew('target');
  compile('tsconfig.test.json');
  writeFileSync(at('target/package.json'), ES_MODULES);
  // Tests may import the package by its name, as its users do.
  anew('target/node_modules/@sluice');
  symlinkSync(at('.'), at('target/node_modules/@sluice/client'), 'junction');
} else {
  anew('dist');
  compile('tsconfig.json');
  compile('tsconfig.cjs.json');
  writeFileSync(at('dist/esm/package.json'), ES_MODULES);
  copyFileSync(at('../../LICENSE'), at('LICENSE'));
}
