// Plain JavaScript: the sources are TypeScript, and a thread has to be told how to read them.
import { register } from 'tsx/esm/api';

register();
await import('./learn-worker.ts');
