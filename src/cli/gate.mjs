#!/usr/bin/env node
// npx remembers where the executable of a checkout lay, and it lay here.
import './gate.cjs';
