// Compiles the package, once as ES modules and once as CommonJS, and with --tests the unit tests too. The compiler is run as it is,
// so that what is published is what it wrote.
import { spawnSync } from 'node:child_process';
import { copyFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';

const FOLDER = new URL('../', import.meta.url);
const TSC = createRequire(import.meta.url).resolve('typescript/bin/tsc');

function compile(project) {
  const { status } = spawnSync(process.execPath, [TSC, '-p', project], {
    cwd: fileURLToPath(FOLDER),
    stdio: 'inherit',
  });
  if (status !== 0) process.exit(status ?? 1);
}

if (process.argv.includes('--tests')) {
  rmSync(new URL('target/test', FOLDER), { recursive: true, force: true });
  compile('tsconfig.test.json');
} else {
  rmSync(new URL('dist', FOLDER), { recursive: true, force: true });
  compile('tsconfig.json');
  compile('tsconfig.cjs.json');
  writeFileSync(new URL('dist/cjs/package.json', FOLDER), '{ "type": "commonjs" }\n');
  copyFileSync(new URL('../../LICENSE', FOLDER), new URL('LICENSE', FOLDER));
}
